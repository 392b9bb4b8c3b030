// The keyboard: other places and people, and the list of what there is.

const dialog = document.getElementById("keys");
const inDialog = () => document.querySelector("dialog[open]");

function another(step) {
  const places = [...document.querySelectorAll(".sidebar .place")];
  const now = places.findIndex((place) => place.hasAttribute("aria-current"));
  return places[(now + step + places.length) % places.length];
}

async function visit(place, go) {
  if (!place) return;
  if (place.href) await go(place.href);
  else place.click();
  document.querySelector("#composer textarea")?.focus();
}

export function listen(go) {
  document.addEventListener("click", ({ target }) => target.closest("#keys-button") && dialog.showModal());
  document.addEventListener("keydown", (event) => {
    if (inDialog()) return;
    const digit = /^Digit([1-9])$/.exec(event.code);
    if (event.ctrlKey && event.key === "/") dialog.showModal();
    else if (event.altKey && event.key === "ArrowUp") visit(another(-1), go);
    else if (event.altKey && event.key === "ArrowDown") visit(another(1), go);
    else if (event.altKey && digit) visit(document.querySelectorAll(".people .who")[digit[1] - 1], go);
    else return;
    event.preventDefault();
  });
}
