"""Losses over unit-length embeddings: each is called with embeddings (N, D) and labels (N,) and gives a scalar.

Cosine heads hold one unit vector per class; `margin` is an attribute so that a schedule can ramp it.
"""

import math

import torch
import torch.nn.functional as F
from torch import Tensor, nn


class CosineHead(nn.Module):
    """Categorical cross-entropy over scaled cosines, without a margin (NormFace, Wang et al. 2017).

    Args:
        scale: the cosines' factor; without it the softmax cannot come near 0 or 1.
        margin: unused here; what the subclasses take from the own class's cosine.
    """

    def __init__(self, classes: int, dimensions: int = 512, scale: float = 30.0, margin: float = 0.0) -> None:
        super().__init__()
        self.weight = nn.Parameter(F.normalize(torch.randn(classes, dimensions)))
        self.scale, self.margin = scale, margin

    def with_margin(self, own: Tensor) -> Tensor:
        """The cosine (N, 1) to the own class, made harder."""
        return own

    def forward(self, embeddings: Tensor, labels: Tensor) -> Tensor:
        cosine = F.linear(F.normalize(embeddings), F.normalize(self.weight)).float()  # bfloat16 in half precision
        column = labels[:, None]  # each row's own class and no other
        logits = cosine.scatter(1, column, self.with_margin(cosine.gather(1, column)))
        return F.cross_entropy(self.scale * logits, labels)


class ArcFace(CosineHead):
    """An angle `margin` in radians is added to the own class's (Deng et al. 2019).

    Beyond an angle of pi - margin, where cos(angle + margin) would rise again, the cosine falls on as a straight line.
    """

    def with_margin(self, own: Tensor) -> Tensor:
        sine = (1 - own.square()).clamp(min=1e-7).sqrt()  # the root's slope is infinite at 0
        moved = own * math.cos(self.margin) - sine * math.sin(self.margin)
        return torch.where(own > -math.cos(self.margin), moved, own - self.margin * math.sin(self.margin))


class CosFace(CosineHead):
    """`margin` is taken from the own class's cosine (Wang et al. 2018)."""

    def with_margin(self, own: Tensor) -> Tensor:
        return own - self.margin


class BatchHardTriplet(nn.Module):
    """Each anchor against its farthest positive and its nearest negative of the batch (Hermans et al. 2017).

    `margin` is a Euclidean distance on the unit sphere. Anchors that lack a positive or a negative are left out; the
    loss is 0 where none remains.
    """

    def __init__(self, margin: float = 0.3) -> None:
        super().__init__()
        self.margin = margin

    def forward(self, embeddings: Tensor, labels: Tensor) -> Tensor:
        unit = F.normalize(embeddings)
        distance = (2 - 2 * unit @ unit.T).clamp(min=1e-7).sqrt()
        same = labels[:, None] == labels[None, :]
        positive = same & ~torch.eye(len(labels), dtype=torch.bool, device=labels.device)
        complete = positive.any(1) & ~same.all(1)
        farthest = distance.masked_fill(~positive, -math.inf).amax(1)
        nearest = distance.masked_fill(same, math.inf).amin(1)
        losses = F.relu(farthest - nearest + self.margin)[complete]
        return losses.mean() if len(losses) else embeddings.sum() * 0


def distillation(embeddings: Tensor, taught: Tensor) -> Tensor:
    """One minus the cosine to the teacher's embeddings (N, D), averaged: a crop teaches D numbers, not one label."""
    return (1 - F.cosine_similarity(embeddings, taught)).mean()
