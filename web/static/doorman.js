// What HTML cannot do by itself: forms that stay while they are refused, dropping a picture, pulling a camera's newest
// one, and clicking on a face in it.
"use strict";

for (const form of document.querySelectorAll(".drop")) {
  const input = form.querySelector("input[type=file]");
  form.addEventListener("dragover", (event) => { event.preventDefault(); form.classList.add("over"); });
  form.addEventListener("dragleave", () => form.classList.remove("over"));
  form.addEventListener("drop", (event) => {
    event.preventDefault();
    form.classList.remove("over");
    if (event.dataTransfer.files.length) {
      input.files = event.dataTransfer.files;
      input.dispatchEvent(new Event("change", { bubbles: true }));
    }
  });
}

const SILENT = '<p class="sentence" role="alert">Doorman does not answer: see that it runs, and try again.</p>';

// What was told before may hold no longer: a camera that was live, say. A part that is asked for again and again comes
// back by itself; a list that is only shown anew stays as it is. A machine that has vanished answers nothing at all.
for (const silence of ["htmx:sendError", "htmx:timeout"]) {
  document.addEventListener(silence, (event) => {
    const { target } = event.detail;
    const isTold = target.querySelector("[role=alert]") !== null; // screen readers read each anew
    if (!isTold && !event.target.hasAttribute("hx-select")) target.innerHTML = SILENT;
  });
}

// What is asked for every other second is read aloud only when it has changed: who is there, never how old a picture is.
document.addEventListener("htmx:afterSwap", ({ detail: { target } }) => {
  const aloud = target.nextElementSibling;
  if (!aloud?.hasAttribute("aria-live")) return;
  const told = [...target.querySelectorAll(".who")].map((one) => one.textContent.trim());
  const news = told.length ? `${aloud.dataset.camera}. ${told.join(" ")}` : "";
  if (aloud.textContent !== news) aloud.textContent = news;
});

// A refusal is a sentence for people: it is shown where the answer would be.
document.addEventListener("htmx:beforeSwap", (event) => { event.detail.shouldSwap = true; });

// A form that is refused stays as it was typed, with the reason below it; once it is taken, the browser goes on. Forms
// that say where their answer belongs are htmx's.
async function send(form, button) {
  const typed = new FormData(form, button);
  const address = button?.getAttribute("formaction") ?? form.getAttribute("action") ?? location.href;
  const body = form.enctype === "multipart/form-data" ? typed : new URLSearchParams(typed);
  const answer = await fetch(address, { method: "POST", body, headers: { "HX-Request": "true" } });
  const next = answer.headers.get("HX-Redirect");
  if (next !== null) {
    location.assign(next);
    return;
  }
  const text = await answer.text();
  const page = new DOMParser().parseFromString(text, "text/html").querySelector("main");
  if (page === null) {
    refuse(form, text);
    return;
  }
  document.querySelector("main").replaceWith(page);
  page.querySelector("input[autofocus]")?.select(); // browsers see to it in pages alone that they load themselves
}

function refuse(form, sentence) {
  const place = form.nextElementSibling?.matches(".refused") ? form.nextElementSibling : document.createElement("div");
  place.className = "refused";
  form.after(place);
  place.innerHTML = sentence;
  place.scrollIntoView({ block: "nearest" });
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post" || form.hasAttribute("hx-post")) return;
  event.preventDefault();
  if (form.hasAttribute("aria-busy")) return; // it was sent already
  const busy = [form, event.submitter].filter(Boolean);
  for (const one of busy) one.setAttribute("aria-busy", "true");
  send(form, event.submitter)
    .catch(() => refuse(form, SILENT))
    .finally(() => busy.forEach((one) => one.removeAttribute("aria-busy")));
});

// An address holds a password: it does not stay on the screen once it was taken.
document.addEventListener("htmx:afterRequest", (event) => {
  if (event.detail.successful && event.target.matches("form[data-clear]")) event.target.reset();
});

const PATIENCE = 5000; // milliseconds; the program answers within two seconds, with a picture or without

// The next picture is asked for once the last is drawn: nothing queues up, however slow the line. Where none comes, the
// last is shown as an old one, also where a machine that has vanished answers nothing at all.
async function pull(image) {
  let after = -1;
  for (;;) {
    if (document.hidden || !image.isConnected) {
      await new Promise((resolve) => setTimeout(resolve, 500));
      continue;
    }
    try {
      const answer = await fetch(`${image.dataset.frames}?after=${after}`, { cache: "no-store", signal: AbortSignal.timeout(PATIENCE) });
      image.classList.toggle("old", answer.status !== 200);
      if (answer.status === 200) {
        after = Number(answer.headers.get("X-Frame"));
        const url = URL.createObjectURL(await answer.blob());
        image.src = url;
        await image.decode().catch(() => undefined);
        URL.revokeObjectURL(url);
        image.dataset.frame = after;
        if (image.naturalWidth) image.dataset.size = `${image.naturalWidth}x${image.naturalHeight}`;
        continue;
      }
    } catch {
      image.classList.add("old"); // the program has ended or the line is cut: try again
    }
    await new Promise((resolve) => setTimeout(resolve, 1000));
  }
}
document.querySelectorAll("img[data-frames]").forEach(pull);

// The picture lies in the middle of its place, as large as fits. It has no size of its own while the next takes its place.
function ask(event) {
  const image = event.currentTarget;
  if (!image.dataset.size) return;
  const [columns, rows] = image.dataset.size.split("x").map(Number);
  const scale = Math.min(image.clientWidth / columns, image.clientHeight / rows);
  const [width, height] = [columns * scale, rows * scale];
  const x = (event.offsetX - (image.clientWidth - width) / 2) / width;
  const y = (event.offsetY - (image.clientHeight - height) / 2) / height;
  location.assign(`${image.dataset.faces}?x=${x.toFixed(4)}&y=${y.toFixed(4)}`);
}
document.querySelectorAll("img[data-faces]").forEach((image) => image.addEventListener("click", ask));
