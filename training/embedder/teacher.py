"""A network to learn from."""

import math
from dataclasses import replace

import torch
from torch import Tensor, nn

from models.embedder import DIMENSIONS
from training.embedder.faces import Faces
from training.embedder.network import FaceNetwork
from training.embedder.validation import embed


class Teacher:
    """A trained network's vectors of the clean crops, each computed once.

    They are the sums of a crop's and its mirror image's, which are better than either, and as good for both.
    """

    def __init__(self, network: FaceNetwork, faces: Faces) -> None:
        self.network = network
        self.views = faces, replace(faces, crops=faces.crops[:, :, ::-1])  # as it is, and mirrored; nothing is read yet
        self.vectors = torch.full((len(faces.crops), DIMENSIONS), math.nan)

    def __call__(self, rows: Tensor) -> Tensor:
        """Unit vectors (N, 512) for rows of the packed crops."""
        new = rows[self.vectors[rows, 0].isnan()]
        if len(new):
            both = [embed(self.network, view, new.numpy(), self.network.input) for view in self.views]
            self.vectors[new] = nn.functional.normalize(sum(both).float())  # bfloat16 in half precision
        return self.vectors[rows]
