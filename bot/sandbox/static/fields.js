// Fields of modals and of the App Home: what must be filled in, and what the bot wants to hear of at once.

const PAUSE = 300; // milliseconds of silence that end a word
const REQUIRED = "Please complete this required field.";

const surfaceOf = (node) => node.closest("[data-surface]");
const named = (node) => [...node.querySelectorAll("[name^='field:']")];

function valuesOf(inputs) {
  return inputs.flatMap((input) => {
    if (input.type === "file") return [...input.files];
    if ((input.type === "checkbox" || input.type === "radio") && !input.checked) return [];
    return [input.value];
  });
}

export function addFields(body, surface) {
  for (const input of named(surface)) for (const value of valuesOf([input])) body.append(input.name, value);
}

// ---- what Slack asks for before it sends anything

function lackOf(part) {
  const values = valuesOf(named(part)).filter((value) => value !== "");
  if (!values.length) return "required" in part.dataset && !part.querySelector(".file") ? REQUIRED : "";
  const least = Number(part.querySelector("[data-least]")?.dataset.least || 0);
  const short = typeof values[0] === "string" && !part.querySelector("[data-combo]") && values[0].length < least;
  return short ? `Please write at least ${least} characters.` : "";
}

function say(part, words) {
  const place = part.querySelector(".error[data-keep]");
  place.textContent = words;
  place.hidden = !words;
}

export function isComplete(form) {
  const lacking = [...form.closest("dialog").querySelectorAll(".input")].filter((part) => {
    say(part, lackOf(part));
    return lackOf(part);
  });
  lacking[0]?.querySelector("input:not([type=hidden]), textarea, select")?.focus();
  return lacking.length === 0;
}

// ---- dispatch_action

function dispatch(part, post) {
  const { actionId, kind, field } = part.dataset;
  const { as, at, box, pane } = document.getElementById("page").dataset;
  const body = new FormData();
  const place = { as, at, box, pane, surface: surfaceOf(part).dataset.surface, action_id: actionId, kind };
  for (const [name, value] of Object.entries(place)) body.append(name, value);
  for (const value of valuesOf(named(part).filter((input) => input.name === field))) if (value) body.append("value", value);
  addFields(body, surfaceOf(part));
  return post(body);
}

const listening = (node, how) => node.closest?.(`.input[data-dispatch~=${how}]`);
let waiting = 0;

export function listen(post) {
  document.addEventListener("change", ({ target }) => {
    const part = listening(target, "on_change");
    if (part) dispatch(part, post);
  });
  document.addEventListener("input", ({ target }) => {
    const lacking = target.closest?.(".input");
    if (lacking) say(lacking, "");
    const part = listening(target, "on_character_entered");
    clearTimeout(waiting);
    if (part) waiting = setTimeout(dispatch, PAUSE, part, post);
  });
  document.addEventListener("keydown", (event) => {
    const part = listening(event.target, "on_enter_pressed");
    if (!part || event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    dispatch(part, post);
  });
  document.addEventListener("invalid", (event) => {
    const part = event.target.closest(".input");
    if (!part) return;
    event.preventDefault();
    say(part, event.target.validationMessage);
    event.target.focus();
  }, true);
}
