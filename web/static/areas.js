// Zones and masks on a camera's picture. The fields below it hold them, as points in percent: what is drawn is written
// there, and what is written there is drawn.
"use strict";

const SVG = "http://www.w3.org/2000/svg";
const NEAR = 4; // percent of the picture, within which a click means a point that is there
const drawing = document.getElementById("drawing");
const form = document.getElementById("areas");
const hint = document.getElementById("hint");
let begun = null; // { kind, points } of the polygon that is being drawn
let held = null; // { field, index } of the point that is being moved

const fields = () => [...form.querySelectorAll("input[name=zone], input[name=mask]")];
const rounded = (number) => Math.round(Math.min(100, Math.max(0, number)) * 10) / 10;
const written = (points) => points.map(([x, y]) => `${rounded(x)},${rounded(y)}`).join(" ");
const read = (text) => text.trim().split(/\s+/).filter(Boolean)
  .map((point) => point.split(",").map(Number)).filter((point) => point.length === 2 && point.every(Number.isFinite));

function place(event) {
  const box = drawing.getBoundingClientRect();
  return [(100 * (event.clientX - box.left)) / box.width, (100 * (event.clientY - box.top)) / box.height];
}

const apart = ([x, y], [u, v]) => Math.hypot(x - u, y - v);

function add(parent, kind, attributes) {
  const node = document.createElementNS(SVG, kind);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  parent.append(node);
}

function outline(kind, points, open) {
  const { width, height } = drawing.getBoundingClientRect();
  const pixels = points.map(([x, y]) => [(x * width) / 100, (y * height) / 100]);
  const text = pixels.map((point) => point.join(",")).join(" ");
  add(drawing, open ? "polyline" : "polygon", { class: kind, points: text });
  for (const [cx, cy] of pixels) add(drawing, "circle", { class: kind, cx, cy, r: 6 });
}

function draw() {
  drawing.replaceChildren();
  for (const field of fields()) if (field.value.trim()) outline(field.name, read(field.value), false);
  if (begun) outline(begun.kind, begun.points, true);
}

// A field that is empty is used; another one comes after the last.
function keep(kind, points) {
  const group = form.querySelector(`fieldset[data-kind=${kind}]`);
  const empty = [...group.querySelectorAll("input")].find((field) => !field.value.trim());
  empty.value = written(points);
  const next = empty.cloneNode();
  next.value = "";
  next.setAttribute("aria-label", `${kind === "zone" ? "Zone" : "Mask"} ${group.querySelectorAll("input").length + 1}`);
  group.append(next);
}

function finish() {
  if (!begun) return;
  const whole = begun.points.length >= 3;
  if (whole) keep(begun.kind, begun.points);
  begun = null;
  hint.textContent = whole ? "It holds once you save." : "";
  draw();
}

form.addEventListener("input", draw);
new ResizeObserver(draw).observe(drawing);

if (!form.inert) {
  document.getElementById("tools").hidden = false;
  for (const button of form.querySelectorAll("[data-draw]")) {
    button.addEventListener("click", () => {
      finish();
      begun = { kind: button.dataset.draw, points: [] };
      hint.textContent = "Click the corners on the picture, the last one twice; Escape gives up.";
    });
  }
  drawing.addEventListener("pointerdown", (event) => {
    const point = place(event);
    event.preventDefault();
    if (begun) {
      const closes = begun.points.length >= 3 && apart(begun.points[0], point) < NEAR;
      if (closes) return finish();
      if (begun.points.length && apart(begun.points.at(-1), point) < 1) return; // the second click on the last corner
      begun.points.push(point);
      return draw();
    }
    for (const field of fields()) {
      const index = read(field.value).findIndex((known) => apart(known, point) < NEAR);
      if (index >= 0) held = { field, index };
    }
    if (held) drawing.setPointerCapture(event.pointerId);
  });
  drawing.addEventListener("pointermove", (event) => {
    if (!held) return;
    const points = read(held.field.value);
    points[held.index] = place(event);
    held.field.value = written(points);
    draw();
  });
  drawing.addEventListener("pointerup", () => { held = null; });
  drawing.addEventListener("dblclick", finish);
  form.addEventListener("submit", finish);
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && begun) { begun = null; hint.textContent = ""; draw(); }
  });
}
