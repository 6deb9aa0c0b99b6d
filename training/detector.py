"""Train YOLOv5 to find faces.

    python -m training.detector --data data/detection --init yolov5m_grown.safetensors --freeze 10

The network is trained on square crops at about the scale at which it will see pictures (long side 640), rather than
on pictures shrunk to the crop's size, for the faces of crowds and cameras are small.
"""

import csv
import math
import time
from pathlib import Path
from typing import Annotated, Any

import albumentations as A  # noqa: N812 - its own convention
import cv2
import numpy as np
import torch
import typer
from numpy.typing import NDArray
from safetensors.torch import load_file
from timm.utils import ModelEmaV3
from torch import Tensor, nn
from torch.utils.data import DataLoader, Dataset
from ultralytics import YOLO
from ultralytics.cfg import get_cfg
from ultralytics.nn.tasks import DetectionModel

from models.detector import Detector
from models.images import read_image
from models.manifest import ModelEntry, ModelInput
from models.runtime import Network, preprocess
from training import checkpoint
from training.detection_data import Labelled, read_layout
from training.errors import TrainingError
from training.evaluate.detection import look, measure
from training.export import load_onnx_weights

Image = NDArray[np.uint8]
Boxes = NDArray[np.float32]
INPUT = ModelInput(width=None, height=None, color="rgb", mean=(0, 0, 0), std=(255, 255, 255))
LONG_SIDE = 640  # pixels: the size at which pictures are evaluated and, by default, served
GREY = 114  # what the letterbox pads with


# ---- data ----


class Crops(Dataset[tuple[Image, Boxes]]):
    """Sample n of a training run: a crop (size, size, 3) and its boxes (N, 4) in pixels.

    Everything about a sample follows from the seed and n, so a run that goes on at step n sees what it would have seen.
    Pictures with many small faces are drawn more often.
    """

    def __init__(self, data: list[Labelled], size: int, mosaics: float, seed: int) -> None:
        self.pictures = [read_image(item.path) for item in data]  # decoded once; workers share the memory
        self.boxes = [item.boxes for item in data]
        self.size, self.mosaics, self.seed = size, mosaics, seed
        small = np.array([np.count_nonzero(boxes[:, 3] - boxes[:, 1] < 32 / LONG_SIDE) for boxes in self.boxes])
        weights = np.sqrt(1 + small)
        self.chances = weights / weights.sum()
        self.augment = augmentation()

    def __getitem__(self, n: int) -> tuple[Image, Boxes]:
        rng = np.random.default_rng((self.seed, n))
        parts = [self.crop(rng) for _ in range(4 if rng.random() < self.mosaics else 1)]
        image, boxes = mosaic(parts, rng) if len(parts) == 4 else parts[0]
        self.augment.set_random_seed(int(rng.integers(2**31)))
        result = self.augment(image=image, bboxes=boxes)
        return result["image"], np.asarray(result["bboxes"], np.float32).reshape(-1, 4)

    def crop(self, rng: np.random.Generator) -> tuple[Image, Boxes]:
        """A crop of a random picture, most often one that holds a face."""
        i = rng.choice(len(self.pictures), p=self.chances)
        image, boxes = self.pictures[i], self.boxes[i] * np.tile(self.pictures[i].shape[1::-1], 2)
        face = boxes[rng.integers(len(boxes))] if len(boxes) and rng.random() < 0.9 else None
        return random_crop(image, boxes, face, self.size, rng)


def random_crop(
    image: Image, boxes: Boxes, face: Boxes | None, size: int, rng: np.random.Generator
) -> tuple[Image, Boxes]:
    """Cut a square out of the picture at 0.5 to 1.6 times its evaluation scale, around `face` where one is given."""
    height, width = image.shape[:2]
    scale = LONG_SIDE / max(height, width) * math.exp(rng.uniform(math.log(0.5), math.log(1.6)))
    if face is not None:
        scale = min(scale, 0.9 * size / max(face[2] - face[0], face[3] - face[1]))
    corner = []
    for axis, extent in enumerate((width * scale, height * scale)):
        low, high = min(0, extent - size), max(0, extent - size)
        if face is not None:
            low, high = max(low, face[axis + 2] * scale - size), min(high, face[axis] * scale)
        corner.append(rng.uniform(low, max(low, high)))
    shift = np.array([[scale, 0, -corner[0]], [0, scale, -corner[1]]])
    crop = cv2.warpAffine(image, shift, (size, size), borderValue=(GREY,) * 3)
    return np.asarray(crop, np.uint8), visible(boxes * scale - np.tile(corner, 2), (0, 0, size, size))


def mosaic(parts: list[tuple[Image, Boxes]], rng: np.random.Generator) -> tuple[Image, Boxes]:
    """Four crops around a random point, each keeping its own quarter."""
    size = parts[0][0].shape[0]
    x, y = rng.integers(size // 4, size - size // 4, 2)
    quarters = (0, 0, x, y), (x, 0, size, y), (0, y, x, size), (x, y, size, size)
    image, boxes = np.empty_like(parts[0][0]), []
    for (part, faces), (x1, y1, x2, y2) in zip(parts, quarters, strict=True):
        image[y1:y2, x1:x2] = part[y1:y2, x1:x2]
        boxes.append(visible(faces, (x1, y1, x2, y2)))
    return image, np.concatenate(boxes)


def visible(boxes: Boxes, window: tuple[int, int, int, int]) -> Boxes:
    """The boxes clipped to the window; those of which less than half would remain, or next to nothing, are dropped."""
    x1, y1, x2, y2 = window
    clipped = np.clip(boxes, (x1, y1, x1, y1), (x2, y2, x2, y2))
    area, kept = (np.prod(b[:, 2:] - b[:, :2], axis=1) for b in (boxes, clipped))
    return clipped[(kept > 0.5 * area) & (kept > 9)].astype(np.float32)


def augmentation() -> A.Compose:
    """What cameras do to pictures: colour, low light, grey, blur, noise, compression; and a flip."""
    return A.Compose(
        [
            A.HorizontalFlip(p=0.5),
            A.ColorJitter(brightness=(0.6, 1.4), contrast=(0.7, 1.3), saturation=(0.4, 1.6), hue=(-0.03, 0.03), p=0.6),
            A.RandomGamma(gamma_limit=(110, 250), p=0.1),
            A.ToGray(p=0.1),
            A.OneOf([A.GaussianBlur(sigma_limit=(0.4, 2)), A.MotionBlur(blur_limit=(3, 9))], p=0.15),
            A.GaussNoise(std_range=(0.02, 0.1), p=0.1),
            A.ImageCompression(quality_range=(25, 80), p=0.1),
        ],
        bbox_params=A.BboxParams(format="pascal_voc", clip=True, filter_invalid_bboxes=True),
    )


def collate(samples: list[tuple[Image, Boxes]]) -> dict[str, Tensor]:
    """A batch as Ultralytics' losses want it: boxes by centre and size in fractions, and which picture each is of."""
    size = samples[0][0].shape[0]
    boxes = torch.from_numpy(np.concatenate([boxes for _, boxes in samples])) / size
    index = np.repeat(np.arange(len(samples)), [len(boxes) for _, boxes in samples])
    return {
        "img": torch.from_numpy(preprocess([image for image, _ in samples], INPUT)),
        "batch_idx": torch.from_numpy(index).float(),
        "cls": torch.zeros(len(boxes)),
        "bboxes": torch.cat([(boxes[:, :2] + boxes[:, 2:]) / 2, boxes[:, 2:] - boxes[:, :2]], dim=1),
    }


# ---- network ----


def build(name: str) -> DetectionModel:
    """Ultralytics' YOLOv5 of that name (`yolov5n` to `yolov5x`) with one class and random weights."""
    model = DetectionModel(f"{name}.yaml", nc=1, verbose=False)
    model.args = get_cfg()  # the gains of the loss
    return model


def initialise(model: nn.Module, init: str) -> None:
    """Take over the weights that fit, from whatever there is.

    Args:
        init: a shipped .onnx, a .safetensors file (as `training.grow` makes it), or an Ultralytics checkpoint: a local
            .pt file or a published name such as yolov5mu.pt, which is downloaded.

    Raises:
        TrainingError: nothing fits.
    """
    if init.endswith(".onnx"):
        load_onnx_weights(model, Path(init))
        return
    state = load_file(init) if init.endswith(".safetensors") else YOLO(init).model.float().state_dict()
    known = model.state_dict()
    fitting = {name: value for name, value in state.items() if name in known and value.shape == known[name].shape}
    if len(fitting) < len(known) / 2:
        raise TrainingError(f"Only {len(fitting)} of {len(known)} tensors of {init} fit: it is another network.")
    model.load_state_dict(fitting, strict=False)


def freeze(model: DetectionModel, layers: int) -> None:
    """Training mode, but the first `layers` keep their weights and their batch statistics."""
    model.train().requires_grad_(True)
    model.model[-1].dfl.requires_grad_(False)  # not a weight: the numbers 0 to 15
    for layer in model.model[:layers]:
        layer.eval().requires_grad_(False)


def decoding(model: DetectionModel) -> DetectionModel:
    """Let the network, in evaluation mode, put out boxes and scores (N, 5, A) alone, for any input size."""
    head = model.model[-1]
    head.export = head.dynamic = True
    return model.eval()


class TorchNetwork(Network):
    """A network in training, in the place of an exported one."""

    def __init__(self, model: DetectionModel, device: str) -> None:
        self.model, self.device = model, device
        self.entry = ModelEntry("training", "detection", Path(), "", INPUT)

    @torch.inference_mode()
    def run(self, batch: NDArray[np.float32]) -> list[NDArray[np.float32]]:
        images = torch.from_numpy(batch).to(self.device, memory_format=torch.channels_last)
        return [self.model(images).cpu().numpy()]


# ---- loop ----


def rate(step: int, steps: int, warmup: int) -> float:
    """Share of the learning rate at a step: a linear rise, then a cosine down to a hundredth."""
    if step < warmup:
        return (step + 1) / warmup
    return 0.01 + 0.99 * (1 + math.cos(math.pi * (step - warmup) / max(1, steps - warmup))) / 2


def train(
    data: Annotated[Path, typer.Option(help="Pictures and labels in Ultralytics' layout.")] = Path("data/detection"),
    out: Annotated[Path, typer.Option(help="Folder for checkpoints and figures.")] = Path("runs/detector"),
    name: Annotated[str, typer.Option(help="yolov5n, yolov5s, yolov5m, ...")] = "yolov5m",
    init: Annotated[str | None, typer.Option(help=".onnx, .safetensors, .pt or a published name: yolov5mu.pt.")] = None,
    steps: int = 20_000,
    batch: int = 8,
    size: Annotated[int, typer.Option(help="Side of the crops in pixels, a multiple of 32.")] = 320,
    lr: float = 1e-3,
    weight_decay: float = 0.01,
    warmup: int = 100,
    mosaics: Annotated[float, typer.Option(help="Share of samples that are mosaics of four crops.")] = 0.25,
    frozen: Annotated[int, typer.Option(help="Layers that do not learn at first (10: the backbone).")] = 0,
    thaw: Annotated[int, typer.Option(help="The step from which all layers learn.")] = 0,
    every: Annotated[int, typer.Option(help="Steps from one checkpoint to the next.")] = 25,
    validate_every: Annotated[int, typer.Option(help="Steps from one validation to the next.")] = 250,
    subset: Annotated[int, typer.Option(help="Validate on every so many of the pictures.")] = 10,
    workers: int = 1,
    seed: int = 0,
    device: str = "cuda" if torch.cuda.is_available() else "cpu",
) -> None:
    """Train, or go on with the run in OUT."""
    config = {key: str(value) for key, value in locals().items()}
    torch.manual_seed(seed)
    model = build(name).to(device, memory_format=torch.channels_last)
    last = out / "last.pt"
    if init and not last.is_file():
        initialise(model, init)
    ema = ModelEmaV3(model, decay=0.998, use_warmup=True)
    decoding(ema.module)
    optimizer = torch.optim.AdamW(model.parameters(), lr=lr, weight_decay=weight_decay, fused=True)
    loss_of = model.init_criterion()
    done = 0
    if last.is_file():
        state = checkpoint.load(last)
        done = state["step"]
        model.load_state_dict(state["model"])
        ema.module.load_state_dict(state["ema"])
        optimizer.load_state_dict(state["optimizer"])

    crops = Crops(read_layout(data, "train"), size, mosaics, seed)
    loader = DataLoader(crops, batch, range(done * batch, steps * batch), collate_fn=collate, num_workers=workers)
    val = read_layout(data, "val")[::subset]
    for step, samples in enumerate(loader, start=done):
        freeze(model, frozen if step < thaw else 0)
        for group in optimizer.param_groups:
            group["lr"] = lr * rate(step, steps, warmup)
        samples = {key: value.to(device, non_blocking=True) for key, value in samples.items()}
        images = samples["img"].contiguous(memory_format=torch.channels_last)
        with torch.autocast(device, torch.bfloat16, enabled=device == "cuda"):
            predicted = model(images)
        loss, parts = loss_of(predicted, samples)
        loss.sum().backward()
        nn.utils.clip_grad_norm_(model.parameters(), 10)
        optimizer.step()
        optimizer.zero_grad()
        ema.update(model, step + 1)
        note(out / "losses.csv", step=step + 1, time=time.strftime("%T"), **{k: f"{v:.4f}" for k, v in parts.items()})
        if (step + 1) % every == 0 or step + 1 == steps:
            checkpoint.save(
                last,
                step=step + 1,
                config=config,
                model=model.state_dict(),
                ema=ema.module.state_dict(),
                optimizer=optimizer.state_dict(),
            )
        if (step + 1) % validate_every == 0 or step + 1 == steps:
            detector = Detector(TorchNetwork(ema.module, device), threshold=0.25)
            results = [look(picture, detector) for picture in val]
            note(out / "figures.csv", step=step + 1, **measure(results, detector.threshold))


def note(path: Path, **row: Any) -> None:
    """Add a row to a CSV file; the first one brings the names of the columns."""
    fresh = not path.is_file()
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", newline="") as file:
        csv.writer(file).writerows([row.keys(), row.values()] if fresh else [row.values()])


if __name__ == "__main__":
    typer.run(train)
