// External selects: what is typed goes to the bot, which suggests; what is chosen stands beside the words as a chip.

const PAUSE = 200; // milliseconds of silence before the bot is asked
const comboOf = (node) => node.closest?.("[data-combo]");
const fieldOf = (combo) => combo.querySelector("input[role=combobox]");
const listOf = (combo) => combo.querySelector("[role=listbox]");
const marked = (combo) => listOf(combo).querySelector("[aria-selected=true]");

export function prepare(root) {
  for (const combo of root.querySelectorAll("[data-combo]:not([data-ready])")) {
    combo.dataset.ready = "";
    for (const chip of combo.querySelectorAll(".chip")) equip(combo, chip);
  }
}

function equip(combo, chip) {
  const value = document.createElement("input");
  value.type = "hidden";
  value.name = combo.dataset.name ? `field:${combo.dataset.name}` : "value";
  value.value = chip.dataset.value;
  if (combo.dataset.name && combo.closest("dialog")) value.setAttribute("form", "modal-form");
  const remove = document.createElement("button");
  remove.type = "button";
  remove.textContent = "×";
  remove.setAttribute("aria-label", `Remove ${chip.textContent.trim()}`);
  remove.onclick = () => {
    chip.remove();
    changed(combo);
    fieldOf(combo).focus();
  };
  chip.append(value, remove);
}

function choose(combo, item) {
  const chips = combo.querySelector(".chips");
  if (!("many" in combo.dataset)) chips.replaceChildren();
  if (![...chips.children].some((chip) => chip.dataset.value === item.dataset.value)) {
    const chip = document.createElement("span");
    chip.className = "chip";
    chip.dataset.value = item.dataset.value;
    chip.textContent = item.querySelector("span").textContent;
    chips.append(chip);
    equip(combo, chip);
  }
  fieldOf(combo).value = "";
  hide(combo);
  changed(combo);
}

function changed(combo) {
  if (combo.dataset.name) fieldOf(combo).dispatchEvent(new Event("change", { bubbles: true }));
  else combo.closest("form").requestSubmit();
}

// ---- asking: only the answer to the latest words is drawn

const asked = new WeakMap();
let waiting = 0;

function typed(combo) {
  clearTimeout(waiting);
  asked.set(combo, (asked.get(combo) || 0) + 1);
  if (fieldOf(combo).value.trim().length < Number(combo.dataset.least)) hide(combo);
  else waiting = setTimeout(ask, PAUSE, combo, asked.get(combo));
}

async function ask(combo, number) {
  const body = new URLSearchParams({ action_id: combo.dataset.actionId, words: fieldOf(combo).value.trim() });
  for (const { name, value } of combo.attributes) {
    if (name.startsWith("data-at-")) body.append(name.slice("data-at-".length), value);
  }
  const [found, trouble] = await suggestions(body);
  if (number === asked.get(combo) && combo.contains(document.activeElement)) show(combo, found, trouble);
}

async function suggestions(body) {
  try {
    const answer = await fetch("/sandbox/suggest", { method: "POST", body });
    const found = await answer.json();
    return answer.ok ? [found, ""] : [[], found.trouble];
  } catch {
    return [[], "the sandbox does not answer"];
  }
}

function show(combo, found, trouble) {
  const list = listOf(combo);
  list.replaceChildren(...found.map((option, number) => drawn(list.id, option, number)));
  if (!found.length) list.textContent = trouble ? `No suggestions: ${trouble}.` : "Nothing fits.";
  list.hidden = false;
  fieldOf(combo).setAttribute("aria-expanded", "true");
  combo.querySelector("[role=status]").textContent = `${found.length} suggestions`;
}

function drawn(id, option, number) {
  const item = document.createElement("span");
  item.id = `${id}-${number}`;
  item.setAttribute("role", "option");
  item.setAttribute("aria-selected", "false");
  item.dataset.value = option.value;
  const [words, more] = [document.createElement("span"), document.createElement("small")];
  words.textContent = option.text;
  more.textContent = option.description;
  item.append(words, more);
  return item;
}

function hide(combo) {
  listOf(combo).hidden = true;
  fieldOf(combo).setAttribute("aria-expanded", "false");
  fieldOf(combo).removeAttribute("aria-activedescendant");
}

function step(combo, by) {
  const items = [...listOf(combo).children];
  if (!items.length) return;
  const now = items.indexOf(marked(combo));
  const next = items[(now + by + items.length + (now < 0 && by < 0 ? 1 : 0)) % items.length];
  for (const item of items) item.setAttribute("aria-selected", String(item === next));
  next.scrollIntoView({ block: "nearest" });
  fieldOf(combo).setAttribute("aria-activedescendant", next.id);
}

function pressed(event, combo) {
  const open = !listOf(combo).hidden;
  if (event.key === "ArrowDown" || event.key === "ArrowUp") open && step(combo, event.key === "ArrowDown" ? 1 : -1);
  else if (event.key === "Enter") open && marked(combo) && choose(combo, marked(combo));
  else if (event.key === "Escape" && open) hide(combo);
  else return;
  event.preventDefault();
  event.stopPropagation();
}

export function listen() {
  document.addEventListener("input", ({ target }) => target.role === "combobox" && comboOf(target) && typed(comboOf(target)));
  document.addEventListener("focusin", ({ target }) => {
    if (target.role === "combobox" && comboOf(target)?.dataset.least === "0") typed(comboOf(target));
  });
  document.addEventListener("keydown", (event) => {
    if (event.target.role === "combobox" && comboOf(event.target)) pressed(event, comboOf(event.target));
  });
  document.addEventListener("mousedown", (event) => {
    const item = event.target.closest?.("[data-combo] [role=option]");
    if (!item) return;
    event.preventDefault();
    choose(comboOf(item), item);
  });
  document.addEventListener("focusout", ({ target }) => comboOf(target) && hide(comboOf(target)));
}
