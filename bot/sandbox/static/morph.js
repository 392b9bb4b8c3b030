// Turns one tree into another in place: what did not change stays, so focus, typed words and open folds stay too.

const keyOf = (node) => (node.nodeType === Node.ELEMENT_NODE ? node.id || node.dataset.key || "" : "");

// What belongs to the person at the page: which folds are open and what stands in fields.
const OURS = { DETAILS: ["open"], DIALOG: ["open"], INPUT: ["value", "checked"], OPTION: ["selected"] };

export function morph(old, fresh) {
  if (old.nodeType !== Node.ELEMENT_NODE) {
    if (old.nodeValue !== fresh.nodeValue) old.nodeValue = fresh.nodeValue;
    return;
  }
  if ("keep" in old.dataset) return;
  attributes(old, fresh);
  if (old.tagName !== "TEXTAREA") children(old, fresh);
}

function attributes(old, fresh) {
  const ours = old.type === "hidden" ? [] : OURS[old.tagName] || [];
  for (const { name, value } of fresh.attributes) {
    if (!ours.includes(name) && old.getAttribute(name) !== value) old.setAttribute(name, value);
  }
  for (const { name } of [...old.attributes]) {
    if (!ours.includes(name) && !fresh.hasAttribute(name)) old.removeAttribute(name);
  }
}

function children(old, fresh) {
  const keyed = new Map();
  for (const child of old.children) if (keyOf(child)) keyed.set(keyOf(child), child);
  const wanted = new Set([...fresh.children].map(keyOf));
  let at = old.firstChild;
  for (const next of [...fresh.childNodes]) {
    const key = keyOf(next);
    while (at && keyOf(at) && !wanted.has(keyOf(at))) at = dropped(at);
    const match = key ? keyed.get(key) : at && !keyOf(at) && same(at, next) ? at : null;
    if (!match || !same(match, next)) {
      old.insertBefore(document.importNode(next, true), at);
      continue;
    }
    if (match === at) at = at.nextSibling;
    else old.insertBefore(match, at);
    morph(match, next);
  }
  while (at) at = dropped(at);
}

const same = (one, other) => one.nodeType === other.nodeType && one.nodeName === other.nodeName;

function dropped(node) {
  const next = node.nextSibling;
  node.remove();
  return next;
}
