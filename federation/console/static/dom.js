// Elements made one by one; text stays text, whatever a bureau's system sent.

/** `element('button', {id: 'find', onclick: find}, 'Find')`; null, false and undefined are left out. */
export function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) setAttribute(made, name, value);
  made.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return made;
}

function setAttribute(made, name, value) {
  if (value === null || value === undefined || value === false) return;
  if (name.startsWith('on')) made.addEventListener(name.slice(2), value);
  else if (name === 'value' || name === 'checked') made[name] = value;
  else made.setAttribute(name, value === true ? '' : String(value));
}

/**
 * Put `made` in the place of the element with its id. What had the focus inside keeps it; where that is gone, the page's
 * content has it. Gives whether there was such an element.
 */
export function replace(made) {
  const place = document.getElementById(made.id);
  if (place === null) return false;
  const hadFocus = place.contains(document.activeElement);
  keepingFocus(() => place.replaceWith(made));
  if (hadFocus && !made.contains(document.activeElement)) focusContent();
  return true;
}

/** Give the focus to the heading of what is shown, else to the page's main part: what had it is gone. */
export function focusContent() {
  const main = document.querySelector('dialog[open]') ?? document.getElementById('main');
  (main.querySelector('[tabindex="-1"]') ?? main).focus({ preventScroll: true });
}

/** Change the page by `change`; the element that had the focus has it afterwards, with the same selection. */
export function keepingFocus(change) {
  const { id, selectionStart, selectionEnd } = document.activeElement ?? {};
  change();
  const again = id ? document.getElementById(id) : null;
  if (again === null || again === document.activeElement) return;
  again.focus({ preventScroll: true });
  if (typeof selectionStart === 'number') again.setSelectionRange(selectionStart, selectionEnd);
}
