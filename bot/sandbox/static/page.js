// Keeps the page fresh: sends forms without leaving, fetches the parts that changed, never touches what is being typed.
"use strict";

const here = () => new URLSearchParams({ as: document.body.dataset.as, at: document.body.dataset.at });
const trouble = document.querySelector(".trouble");

function complain(words) {
  trouble.textContent = words;
  trouble.hidden = !words;
}

function busy(part) {
  const active = document.activeElement;
  if (!active || !part.contains(active)) return false;
  return active.matches("input:not([type=hidden]), textarea, select");
}

function opened(part) {
  return [...part.querySelectorAll("details[open] > summary")].map((summary) => summary.textContent);
}

function sameModal(part, html) {
  const now = part.querySelector("[data-hash]");
  return now && html.includes(`data-hash="${now.dataset.hash}"`) && !html.includes('class="error"');
}

async function refresh(part) {
  const answer = await fetch(`/sandbox/fragment/${part.dataset.fragment}?${here()}`);
  const html = await answer.text();
  if (!answer.ok || html === part.lastHtml || busy(part)) return;
  if (part.dataset.fragment === "modal" && sameModal(part, html)) return;
  const atEnd = part.scrollHeight - part.scrollTop - part.clientHeight < 60;
  const kept = opened(part);
  part.innerHTML = html;
  part.lastHtml = html;
  for (const summary of part.querySelectorAll("details > summary")) {
    if (kept.includes(summary.textContent)) summary.parentElement.open = true;
  }
  if ("follow" in part.dataset && atEnd) part.scrollTop = part.scrollHeight;
}

let running = false;
let again = false;
async function refreshAll() {
  again = true;
  if (running) return;
  running = true;
  while (again) {
    again = false;
    try {
      await Promise.all([...document.querySelectorAll("[data-fragment]")].map(refresh));
    } catch {
      complain("The sandbox does not answer. Is it still running?");
    }
  }
  running = false;
}

function confirmed(button) {
  const dialog = document.querySelector("dialog.confirm");
  dialog.querySelector("h2").textContent = button.dataset.confirmTitle;
  dialog.querySelector("p").textContent = button.dataset.confirmText;
  const [no, yes] = [dialog.querySelector("[data-no]"), dialog.querySelector("[data-yes]")];
  no.textContent = button.dataset.confirmNo;
  yes.textContent = button.dataset.confirmYes;
  return new Promise((resolve) => {
    no.onclick = () => dialog.close("");
    yes.onclick = () => dialog.close("yes");
    dialog.onclose = () => resolve(dialog.returnValue === "yes");
    dialog.returnValue = "";
    dialog.showModal();
  });
}

async function send(form, button) {
  if (button && button.dataset.confirmTitle && !(await confirmed(button))) return;
  const body = new URLSearchParams(new FormData(form));
  if (button && button.name) body.append(button.name, button.value);
  if (button) button.disabled = true;
  try {
    const answer = await fetch(form.action, { method: "POST", body });
    complain(answer.ok ? "" : await answer.text());
    if (answer.ok && !form.closest("[data-fragment]")) clear(form);
  } catch {
    complain("The sandbox does not answer. Is it still running?");
  } finally {
    if (button) button.disabled = false;
  }
  refreshAll();
}

function clear(form) {
  for (const field of form.querySelectorAll("textarea, input[name=subject], input[name=in_reply_to]")) field.value = "";
}

function inThread(ts) {
  const composer = document.querySelector(".composer");
  composer.elements.thread_ts.value = ts;
  composer.querySelector(".thread-note").hidden = !ts;
  composer.elements.text.focus();
}

document.addEventListener("submit", (event) => {
  if (!event.target.matches("form.deed")) return;
  event.preventDefault();
  send(event.target, event.submitter);
});

document.addEventListener("change", (event) => {
  const form = event.target.closest("form[data-on-change]");
  if (form && event.target.value) {
    event.target.blur();
    send(form, null);
  }
});

document.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (!button) return;
  if (button.dataset.thread) inThread(button.dataset.thread);
  if ("leaveThread" in button.dataset) inThread("");
  if ("answer" in button.dataset) {
    const letter = document.querySelector("form[action='/sandbox/mail']");
    letter.elements.in_reply_to.value = button.dataset.answer;
    letter.elements.subject.value = /^re:/i.test(button.dataset.subject) ? button.dataset.subject : `Re: ${button.dataset.subject}`;
    letter.elements.text.focus();
  }
});

document.addEventListener("keydown", (event) => {
  if (!event.target.matches("[data-sends]") || event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  event.target.form.requestSubmit();
});

for (const part of document.querySelectorAll("[data-follow]")) part.scrollTop = part.scrollHeight;
new EventSource("/sandbox/changes").onmessage = refreshAll;
