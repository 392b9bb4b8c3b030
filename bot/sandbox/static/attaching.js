// Files for a message: chosen, dropped or pasted; what will go along stands below the words.

const picker = (form) => form.querySelector(".attach-button input");

export const hasFiles = (form) => Boolean(picker(form)?.files.length);

export function forgetFiles(form) {
  for (const field of form.querySelectorAll("input[type=file]")) field.value = "";
  if (picker(form)) tell(form);
}

function add(form, files) {
  const all = new DataTransfer();
  for (const file of [...picker(form).files, ...files]) all.items.add(file);
  picker(form).files = all.files;
  tell(form);
}

function tell(form) {
  const shown = form.querySelector(".chosen");
  const names = [...picker(form).files].map((file) => file.name);
  shown.hidden = names.length === 0;
  shown.replaceChildren(names.join(", "), names.length ? forget(form) : "");
}

function forget(form) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "link";
  button.textContent = "Remove";
  button.onclick = () => {
    forgetFiles(form);
    form.querySelector("textarea").focus();
  };
  return button;
}

// Files may be dropped on the whole conversation: they go along with what is written below it.
const target = (where) => where.closest?.("form[data-drop]") || (where.closest?.("main") && document.querySelector("#composer"));

export function listen() {
  document.addEventListener("change", ({ target: field }) => {
    if (field.matches(".attach-button input")) tell(field.form);
  });
  document.addEventListener("paste", (event) => {
    const form = event.target.closest?.("form[data-drop]");
    if (!form || !event.clipboardData.files.length) return;
    event.preventDefault();
    add(form, event.clipboardData.files);
  });
  document.addEventListener("dragover", (event) => {
    if (target(event.target) && event.dataTransfer.types.includes("Files")) event.preventDefault();
  });
  document.addEventListener("drop", (event) => {
    const form = target(event.target);
    if (!form || !event.dataTransfer.files.length) return;
    event.preventDefault();
    add(form, event.dataTransfer.files);
    form.querySelector("textarea").focus();
  });
}
