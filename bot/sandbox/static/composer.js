// The fields people write in: Enter sends, drafts outlive a change of place, `/` shows what a command can do.

import { hasFiles } from "./attaching.js";

const drafts = window.sessionStorage;

export function restoreDrafts(root) {
  for (const field of root.querySelectorAll("[data-draft]")) {
    if (field.dataset.restored === field.dataset.draft) continue;
    field.dataset.restored = field.dataset.draft;
    field.value = drafts.getItem(field.dataset.draft) ?? "";
    if (field.value) field.closest("details")?.setAttribute("open", "");
    grow(field);
  }
}

// Empties a form that is on its way; returns how to give the words back should it be refused.
export function takeDrafts(form) {
  const fields = [...form.querySelectorAll("[data-draft]")];
  const taken = fields.map((field) => [field, field.value]);
  for (const field of fields) {
    write(field, "");
    if ("commands" in field.dataset) hide(field);
  }
  return () => {
    for (const [field, words] of taken) if (!field.value) write(field, words);
  };
}

function write(field, words) {
  field.value = words;
  if (words) drafts.setItem(field.dataset.draft, words);
  else drafts.removeItem(field.dataset.draft);
  grow(field);
}

function grow(field) {
  if (field.tagName !== "TEXTAREA") return;
  const rows = Math.min(10, field.value.split("\n").length);
  field.rows = Math.max(rows, field.closest(".write") ? 3 : 1);
}

const hints = () => document.getElementById("hints");
const chosen = () => hints()?.querySelector("[aria-selected=true]");

function offer(field) {
  const list = hints();
  const typed = field.value;
  const fitting = typed.startsWith("/") && !typed.includes("\n") ? matching(typed) : [];
  list.replaceChildren(...fitting.map(drawn));
  list.hidden = fitting.length === 0;
  field.setAttribute("aria-expanded", String(!list.hidden));
  field.removeAttribute("aria-activedescendant");
}

function matching(typed) {
  const all = [...document.querySelectorAll("#commands option")];
  const words = typed.trimEnd().toLowerCase();
  const fixed = (option) => option.value.replace(/ ?(\[|CASE-|<).*/, "");
  return all.filter((option) => {
    const start = fixed(option).toLowerCase();
    return start.startsWith(words) || (start.includes(" ") && words.startsWith(start + " "));
  });
}

function drawn(option, number) {
  const item = document.createElement("li");
  item.id = `hint-${number}`;
  item.setAttribute("role", "option");
  item.setAttribute("aria-selected", "false");
  item.dataset.value = option.value;
  const name = document.createElement("code");
  name.textContent = option.value;
  const what = document.createElement("span");
  what.textContent = option.textContent;
  item.append(name, what);
  return item;
}

function step(field, by) {
  const items = [...hints().children];
  const now = items.indexOf(chosen());
  const next = items[(now + by + items.length + (now < 0 && by < 0 ? 1 : 0)) % items.length];
  for (const item of items) item.setAttribute("aria-selected", String(item === next));
  next.scrollIntoView({ block: "nearest" });
  field.setAttribute("aria-activedescendant", next.id);
}

function take(field, item) {
  const bare = item.dataset.value.replace(/ ?\[.*/, "").replace(/ ?<.*/, "");
  const named = bare.indexOf("CASE-");
  field.value = named < 0 ? bare + (bare.includes(" ") ? "" : " ") : bare.slice(0, named) + "CASE-";
  drafts.setItem(field.dataset.draft, field.value);
  hide(field);
  field.focus();
}

function hide(field) {
  hints().hidden = true;
  field.setAttribute("aria-expanded", "false");
  field.removeAttribute("aria-activedescendant");
}

function pressedInHints(event, field) {
  if (!("commands" in field.dataset) || hints().hidden) return false;
  if (event.key === "ArrowDown" || event.key === "ArrowUp") step(field, event.key === "ArrowDown" ? 1 : -1);
  else if (event.key === "Tab" && !event.shiftKey) take(field, chosen() || hints().firstElementChild);
  else if (event.key === "Enter" && chosen()) take(field, chosen());
  else if (event.key === "Escape") hide(field);
  else return false;
  event.preventDefault();
  event.stopPropagation();
  return true;
}

export function listen() {
  document.addEventListener("input", ({ target }) => {
    if (!target.dataset.draft) return;
    drafts.setItem(target.dataset.draft, target.value);
    grow(target);
    if ("commands" in target.dataset) offer(target);
  });
  document.addEventListener("keydown", (event) => {
    const field = event.target;
    if (!("sends" in field.dataset) || event.isComposing || pressedInHints(event, field)) return;
    if (event.key !== "Enter" || event.shiftKey) return;
    event.preventDefault();
    if (field.value.trim() || hasFiles(field.form)) field.form.requestSubmit();
  });
  document.addEventListener("mousedown", (event) => {
    const item = event.target.closest("#hints [role=option]");
    if (!item) return;
    event.preventDefault();
    take(document.querySelector("#composer textarea"), item);
  });
  document.addEventListener("focusout", ({ target }) => {
    if ("commands" in (target.dataset || {})) hide(target);
  });
}
