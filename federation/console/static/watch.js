// Tells when an operation may have changed: by the graph's subscription where it has one, else by the clock.

import { UPDATES } from '/console/documents.js';
import { subscribe } from '/console/events.js';

const POLL_MILLISECONDS = 3_000;
const QUIET_POLL_MILLISECONDS = 30_000; // beside a subscription, for what it might miss

/** Call `onChange` whenever the operation may have changed. Gives the function that ends it. */
export function watchOperation({ number, kind }, onChange) {
  const controller = new AbortController();
  let timer = setInterval(onChange, POLL_MILLISECONDS);
  if (kind in UPDATES) follow(UPDATES[kind], number);
  return () => {
    clearInterval(timer);
    controller.abort();
  };

  async function follow(document, number) {
    const onOpen = () => {
      pollEvery(QUIET_POLL_MILLISECONDS);
      onChange(); // for what came about before
    };
    try {
      await subscribe(document, { number }, { signal: controller.signal, onOpen, onEvent: onChange });
    } catch {
      // The stream broke off, or the watch was ended.
    }
    pollEvery(POLL_MILLISECONDS);
  }

  function pollEvery(milliseconds) {
    if (controller.signal.aborted) return;
    clearInterval(timer);
    timer = setInterval(onChange, milliseconds);
  }
}
