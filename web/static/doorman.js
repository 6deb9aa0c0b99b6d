// What HTML cannot do by itself: dropping a picture, pulling a camera's newest one, and clicking on a face in it.
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

// A refusal is a sentence for people: it is shown where the answer would be.
document.addEventListener("htmx:beforeSwap", (event) => { event.detail.shouldSwap = true; });

// An address holds a password: it does not stay on the screen once it was taken.
document.addEventListener("htmx:afterRequest", (event) => {
  if (event.detail.successful && event.target.matches("form[data-clear]")) event.target.reset();
});

// The next picture is asked for once the last is drawn: nothing queues up, however slow the line.
async function pull(image) {
  let after = -1;
  for (;;) {
    if (document.hidden || !image.isConnected) {
      await new Promise((resolve) => setTimeout(resolve, 500));
      continue;
    }
    try {
      const answer = await fetch(`${image.dataset.frames}?after=${after}`, { cache: "no-store" });
      if (answer.status === 200) {
        after = Number(answer.headers.get("X-Frame"));
        const url = URL.createObjectURL(await answer.blob());
        image.src = url;
        await image.decode().catch(() => undefined);
        URL.revokeObjectURL(url);
        image.dataset.frame = after;
        continue;
      }
    } catch {
      // The program has ended or the line is cut: try again.
    }
    await new Promise((resolve) => setTimeout(resolve, 1000));
  }
}
document.querySelectorAll("img[data-frames]").forEach(pull);

// The picture lies in the middle of its place, as large as fits.
function ask(event) {
  const image = event.currentTarget;
  const scale = Math.min(image.clientWidth / image.naturalWidth, image.clientHeight / image.naturalHeight);
  const [width, height] = [image.naturalWidth * scale, image.naturalHeight * scale];
  const x = (event.offsetX - (image.clientWidth - width) / 2) / width;
  const y = (event.offsetY - (image.clientHeight - height) / 2) / height;
  location.assign(`${image.dataset.faces}?x=${x.toFixed(4)}&y=${y.toFixed(4)}`);
}
document.querySelectorAll("img[data-faces]").forEach((image) => image.addEventListener("click", ask));
