"""Make embedding_umap.json: UMAP's coordinates of two linked circles, in any environment of ours.

python tests/reference/make_embedding_umap.py
"""

import json
from pathlib import Path

from tda.datasets import make_linked_circles
from tda.embedding import Embedding

X = make_linked_circles(300, random_state=0).points
Z = Embedding(method="umap", n_components=2, random_state=0).fit_transform(X)
path = Path(__file__).with_name("embedding_umap.json")
path.write_text(json.dumps({"linked_circles": Z.round(3).tolist()}) + "\n")
