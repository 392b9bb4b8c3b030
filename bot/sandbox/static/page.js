// Keeps the page fresh without leaving it: sends its forms, follows its links, draws anew at each change.

import { forgetFiles, listen as listenToComposers, restoreDrafts, takeDrafts } from "./composer.js";
import { morph } from "./morph.js";

const page = document.getElementById("page");
const trouble = document.querySelector(".trouble");
const confirmDialog = document.getElementById("confirm");
const GONE = "The sandbox does not answer. Is it still running?";

function complain(words) {
  trouble.textContent = words;
  trouble.hidden = !words;
}

// ---- drawing

function draw(html) {
  const fresh = new DOMParser().parseFromString(html, "text/html").getElementById("page");
  if (!fresh) return;
  const places = new Map([...page.querySelectorAll("[data-scrolls]")].map((part) => [part, nearEnd(part)]));
  morph(page, fresh);
  settle(places);
}

const nearEnd = (part) => part.scrollHeight - part.scrollTop - part.clientHeight < 80;

function settle(places) {
  document.title = page.dataset.title;
  restoreDrafts(page);
  for (const part of page.querySelectorAll("[data-follow]")) {
    if (places.get(part) ?? true) part.scrollTop = part.scrollHeight;
  }
  for (const dialog of page.querySelectorAll("dialog[data-modal]:not([open])")) {
    dialog.showModal();
    const first = dialog.querySelector("[autofocus]") || dialog.querySelector(".modal-body :is(input:not([type=hidden]), textarea, select)");
    (first || dialog.querySelector(".buttons .button:last-of-type")).focus();
  }
  tick();
}

// ---- staying fresh: one request at a time; what was asked before the last move is not drawn

let running = false;
let again = false;
let moves = 0;
let moving = 0;

async function refresh() {
  again = true;
  if (running) return;
  running = true;
  while (again) {
    again = false;
    const [here, before] = [location.href, moves];
    try {
      const answer = await fetch(here);
      const html = await answer.text();
      if (answer.ok && here === location.href && before === moves && !moving) draw(html);
    } catch {
      complain(GONE);
    }
  }
  running = false;
}

async function go(url, { remember = true, hash = "" } = {}) {
  const mine = ++moves;
  moving += 1;
  try {
    const answer = await fetch(url);
    const html = await answer.text();
    if (mine !== moves) return;
    if (remember) history.pushState(null, "", answer.url + hash);
    draw(html);
    show(location.hash);
  } catch {
    complain(GONE);
  } finally {
    moving -= 1;
    refresh();
  }
}

function show(hash) {
  const target = hash && document.getElementById(hash.slice(1));
  if (!target || !target.matches(".message")) return;
  for (let fold = target.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
  target.scrollIntoView({ block: "center" });
  target.classList.add("found");
}

// ---- doing

function agreed(control) {
  const words = control.dataset;
  const [no, yes] = [confirmDialog.querySelector("[data-no]"), confirmDialog.querySelector("[data-yes]")];
  confirmDialog.querySelector("h2").textContent = words.confirmTitle;
  confirmDialog.querySelector("p").textContent = words.confirmText;
  no.textContent = words.confirmNo;
  yes.textContent = words.confirmYes;
  yes.className = `button ${words.confirmStyle || (control.classList.contains("danger") ? "danger" : "primary")}`;
  return new Promise((resolve) => {
    no.onclick = () => confirmDialog.close("");
    yes.onclick = () => confirmDialog.close("yes");
    confirmDialog.onclose = () => {
      if (control.isConnected) control.focus();
      resolve(confirmDialog.returnValue === "yes");
    };
    confirmDialog.returnValue = "";
    confirmDialog.showModal();
    no.focus();
  });
}

function bodyOf(form, control) {
  const filled = new FormData(form);
  if (control && control.name && control.tagName === "BUTTON") filled.append(control.name, control.value);
  return form.enctype === "multipart/form-data" ? filled : new URLSearchParams(filled);
}

async function send(form, control) {
  const body = bodyOf(form, control);
  if (control && "confirm" in control.dataset && !(await agreed(control))) {
    if (control.tagName === "SELECT") control.value = "";
    return;
  }
  const before = moves;
  const giveBack = takeDrafts(form);
  const fold = form.matches(".write, .entries, .reactions-more, .popover form") && form.closest("details");
  if (fold) fold.open = false;
  form.classList.add("busy");
  try {
    const answer = await fetch(form.action, { method: "POST", body });
    const text = await answer.text();
    if (!answer.ok) throw new Error(text);
    complain("");
    forgetFiles(form);
    arrived(answer, text, before);
  } catch (wrong) {
    giveBack();
    if (fold) fold.open = true;
    complain(wrong instanceof TypeError ? GONE : wrong.message);
  } finally {
    form.classList.remove("busy");
  }
}

function arrived(answer, html, before) {
  if (moves === before) {
    moves += 1;
    if (answer.url !== location.href) history.pushState(null, "", answer.url);
    draw(html);
  }
  refresh();
}

document.addEventListener("submit", (event) => {
  if (!event.target.matches("form.deed")) return;
  event.preventDefault();
  send(event.target, event.submitter);
});

document.addEventListener("change", (event) => {
  const form = event.target.closest("form[data-on-change]");
  if (form && (event.target.value || event.target.type === "checkbox")) send(form, event.target);
});

// ---- moving about

document.addEventListener("click", (event) => {
  const link = event.target.closest("a");
  if (link && !event.metaKey && !event.ctrlKey && !event.shiftKey && link.origin === location.origin) {
    const message = link.pathname.match(/^\/archives\/\w+\/p(\d+)(\d{6})$/);
    if ("stay" in link.dataset || message) event.preventDefault();
    if (message) go(`${link.pathname}?as=${page.dataset.as}`, { hash: `#m${message[1]}.${message[2]}` });
    else if ("stay" in link.dataset) go(link.href);
  }
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const open = event.target.closest("details.menu[open], details.reply[open]");
  if (!open) return;
  open.open = false;
  open.querySelector("summary").focus();
});

document.addEventListener("toggle", (event) => {
  const fold = event.target;
  if (!fold.open || !fold.matches("details.reply, details.new-mail") || !fold.contains(document.activeElement)) return;
  fold.querySelector("textarea, input:not([type=hidden])").focus();
}, true);

document.addEventListener("cancel", (event) => {
  if (!event.target.matches("dialog[data-modal]")) return;
  event.preventDefault();
  document.getElementById("modal-close").requestSubmit();
}, true);

window.addEventListener("popstate", () => go(location.href, { remember: false }));

// ---- the clock runs on between two drawings

function tick() {
  for (const shown of page.querySelectorAll("time[data-ahead]")) {
    const now = new Date(Date.now() + 1000 * Number(shown.dataset.ahead));
    const words = new Intl.DateTimeFormat("en-GB", {
      weekday: "short", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", timeZone: "UTC",
    }).formatToParts(now);
    const part = (type) => words.find((one) => one.type === type).value;
    const text = `${part("weekday")} ${part("day")} ${part("month")}, ${part("hour")}:${part("minute")}`;
    if (shown.textContent !== text) shown.textContent = text;
  }
}

listenToComposers();
settle(new Map());
show(location.hash);
setInterval(tick, 1000);
const changes = new EventSource("/sandbox/changes");
changes.onmessage = () => {
  if (trouble.textContent === GONE) complain("");
  refresh();
};
changes.onerror = () => complain(GONE);
