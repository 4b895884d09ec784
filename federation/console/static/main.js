// The frame around the views: where one goes, the language, and what is said to those who do not see the page.

import { element, keepingFocus } from '/console/dom.js';
import { chooseLanguage, language, languages, text } from '/console/language.js';
import { loadCityNames, loadRules } from '/console/rules.js';
import { createBoardView } from '/console/views/board.js';
import { createPersonView } from '/console/views/person.js';
import { createRequestsView } from '/console/views/requests.js';

// `ready` ends when the cities are known, with what each can do.
const app = { refresh, announce, open, ready: null };

// The address names the view and nothing else: no number of anybody may stand in it.
const views = {
  person: createPersonView(app),
  requests: createRequestsView(app),
  board: createBoardView(app),
};

let current = null;

start();

function start() {
  app.ready = loadRules().then(refresh);
  loadCityNames().then(refresh);
  window.addEventListener('hashchange', enterView);
  enterView();
}

function refresh() {
  document.documentElement.lang = language() === 'zh' ? 'zh-CN' : 'en';
  document.title = `bureaugraph · ${text('frame.title')}`;
  keepingFocus(() => document.getElementById('frame').replaceChildren(header(), content()));
}

function announce(words) {
  document.getElementById('announcements').textContent = words;
}

/** Go to a view; `argument` is what it is to show. */
function open(name, argument) {
  if (argument !== undefined) views[name].take(argument);
  if (current === name) views[name].enter();
  else window.location.hash = name;
}

function enterView() {
  const name = window.location.hash.slice(1);
  const next = name in views ? name : 'person';
  if (next === current) return;
  const isFirst = current === null;
  if (!isFirst) views[current].leave();
  current = next;
  refresh();
  const hasFocus = views[current].enter() === true; // it has shown something that is to be looked at first
  if (!isFirst && !hasFocus) document.getElementById('main').focus();
}

function header() {
  return element(
    'header',
    {},
    element('a', { class: 'skip', href: `#${current}`, onclick: skip }, text('frame.skip')),
    element('p', { class: 'brand' }, element('strong', {}, 'bureaugraph'), element('span', {}, text('frame.title'))),
    element(
      'nav',
      { 'aria-label': text('frame.navigation') },
      Object.keys(views).map((name) =>
        element(
          'a',
          { id: `go-${name}`, href: `#${name}`, 'aria-current': name === current ? 'page' : null },
          text(`${name}.title`),
        ),
      ),
    ),
    element('div', { class: 'languages', role: 'group', 'aria-label': text('frame.language') }, languages.map(languageButton)),
  );
}

function languageButton(name) {
  const choose = () => {
    chooseLanguage(name);
    refresh();
  };
  return element(
    'button',
    {
      id: `language-${name}`,
      type: 'button',
      lang: name === 'zh' ? 'zh-CN' : 'en',
      'aria-pressed': String(name === language()),
      onclick: choose,
    },
    { en: 'English', zh: '中文' }[name],
  );
}

function skip(event) {
  event.preventDefault();
  document.getElementById('main').focus();
}

function content() {
  return element('main', { id: 'main', tabindex: -1 }, views[current].render());
}
