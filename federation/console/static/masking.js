// What is shown of a number that identifies a citizen until somebody presses to see it.
// Id number, birth date and the rest are decided together: beside a birth date, a number masked in its middle would be
// whole. Shown are the first and the last character of the number, and the year of birth.

export const SHOWN_MILLISECONDS = 60_000;

export function maskIdNumber(number) {
  return number.charAt(0) + '•'.repeat(Math.max(number.length - 2, 0)) + number.slice(-1);
}

export function maskDate(date) {
  return date ? `${date.slice(0, 4)}-••-••` : '–';
}

/** Hides what was shown after a while, and when the page is left for another. */
export class Reveal {
  #timer = null;

  constructor(onChange) {
    this.isOpen = false;
    this.onChange = onChange;
    document.addEventListener('visibilitychange', () => document.hidden && this.close());
  }

  toggle() {
    if (this.isOpen) {
      this.close();
      return;
    }
    this.isOpen = true;
    this.#timer = setTimeout(() => this.close(), SHOWN_MILLISECONDS);
    this.onChange();
  }

  close() {
    if (!this.isOpen) return;
    clearTimeout(this.#timer);
    this.isOpen = false;
    this.onChange();
  }
}
