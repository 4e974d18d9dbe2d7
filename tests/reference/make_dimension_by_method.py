"""Write the values that the dimension estimators of other packages give for small clouds.

    python make_dimension_by_method.py local_pca neighbors fisher_s danco persistent_homology
    python make_dimension_by_method.py bid scales i3d abide

The first line with scikit-dimension, the second with dadapy: in an environment that has the
package and not ours. README.md has the versions.
"""

import json
import sys
from pathlib import Path

import numpy as np

HERE = Path(__file__).parent


def surface(n_points=60, seed=0):
    """A noisy curved surface in five coordinates, with few digits so that it can be stored."""
    rng = np.random.default_rng(seed)
    u, v = rng.uniform(-1, 1, (2, n_points))
    X = np.column_stack([u, v, u * u, 0.5 * u * v, 0.3 * v**2])
    return (X + 0.05 * rng.normal(size=X.shape)).round(3)


def wide(n_points=12, n_features=20, seed=1):
    """Fewer points than coordinates."""
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n_points, 3)) @ rng.normal(size=(3, n_features))
    return (X + 0.1 * rng.normal(size=X.shape)).round(2)


def neighborhoods(X, n_neighbors):
    """Each point and its nearest others."""
    D = np.sqrt(((X[:, None] - X) ** 2).sum(axis=-1))
    return np.argsort(D, axis=1, kind="stable")[:, : n_neighbors + 1]


def local_pca():
    from skdim.id import lPCA

    versions = ["FO", "participation_ratio", "Fan", "maxgap", "ratio", "Kaiser", "broken_stick"]
    versions.append("Minka")
    clouds = {"surface": surface(), "wide": wide()}
    made = {"n_neighbors": 15, "X": {k: X.tolist() for k, X in clouds.items()}}
    for version in versions:
        model = lPCA(ver=version, alphaRatio=0.95)
        made[version] = {k: float(model.fit(X).dimension_) for k, X in clouds.items()}
        X = clouds["surface"]
        near = neighborhoods(X, 15)
        made[version]["local"] = [float(model.fit(X[one]).dimension_) for one in near]
    return made


def fisher_s():
    from skdim.id import FisherS

    clouds = {"surface": surface(150), "ball": np.random.default_rng(2).normal(size=(120, 4))}
    made = {}
    for name, X in clouds.items():
        X = X.round(3)
        model = FisherS().fit(X)
        made[name] = {
            "X": X.tolist(),
            "dimension": float(model.dimension_),
            "dimensions": np.nan_to_num(model.n_alpha_, nan=-1).tolist(),
            "local": model.point_inseparability_to_pointID(verbose=False)[0].tolist(),
        }
    return made


def danco():
    """The statistics of a cloud, and the answer with their own table of balls."""
    from skdim.id import DANCo

    rng = np.random.default_rng(3)
    clouds = {"cube": rng.uniform(size=(150, 4)), "plane": rng.uniform(size=(150, 2))}
    clouds["plane"] = clouds["plane"] @ rng.normal(size=(2, 5))
    made = {}
    for name, X in clouds.items():
        X = X.round(3)
        model = DANCo(ver="DANCoFit", k=10, D=X.shape[1]).fit(X)
        statistics = model._dancoDimEstNoCalibration(X, 100)
        _, near = model_neighbors(X, 10)
        angles = model._angles(X, near)
        made[name] = {
            "X": X.tolist(),
            "dimension": float(model.dimension_),
            "norms": float(statistics["dhat"]),
            "concentration": float(statistics["mu_tau"]),
            # Their direction is an arctan; where its cosine is positive it is the direction.
            "directions": [float(model._ML_VM(one)["nu"]) for one in angles],
        }
    one, other = ({"dhat": 3.0, "mu_nu": 1.4, "mu_tau": 0.8}, {"dhat": 4.0, "mu_nu": 1.5})
    other["mu_tau"] = 1.1
    made["divergence"] = [one, other, float(model._KL(one, other) - model._KL(one, one))]
    return made


def model_neighbors(X, n_neighbors):
    from skdim._commonfuncs import get_nn

    return get_nn(X, n_neighbors)


def persistent_homology():
    from skdim.id import PH

    X = surface(80)
    made = {"X": X.tolist()}
    for alpha in (0.5, 1.0):
        model = PH(alpha=alpha, nsteps=6, subsamples=2, random_state=0).fit(X)
        made[str(alpha)] = {
            "dimension": float(model.dimension_),
            "log_totals": model.y_.ravel().tolist(),
        }
    sizes = np.exp(model.x_.ravel()).round().astype(int)
    rng = np.random.RandomState(0)  # draws what they drew
    made["subsamples"] = [rng.choice(80, size=size, replace=False).tolist() for size in sizes]
    return made


def neighbors():
    """Estimators of neighbour distances, as [our class, our parameters, dimension by cloud]."""
    from skdim import id as skdim

    clouds = {"surface": surface(200), "wide": wide(150)}
    made = {"X": {k: X.tolist() for k, X in clouds.items()}, "runs": []}

    def ask(ours, parameters, theirs, **options):
        values = {k: float(theirs.fit(X, **options).dimension_) for k, X in clouds.items()}
        made["runs"].append([ours, parameters, values])

    ask("TwoNN", {}, skdim.TwoNN())
    ask("TwoNN", {"discard_fraction": 0.25}, skdim.TwoNN(discard_fraction=0.25))
    ask("TwoNN", {"method": "mle"}, skdim.TwoNN(method="mle", discard_fraction=0))
    for n1, n2 in [(1, 2), (2, 4), (3, 11), (16, 32)]:
        ask("Gride", {"n1": n1, "n2": n2}, skdim.GRIDE(n1=n1, n2=n2))
    averages = {"mackay_ghahramani": "mle", "levina_bickel": "mean", "median": "median"}
    for average, comb in averages.items():
        parameters = {"n_neighbors": 15, "average": average}
        ask("MLE", parameters, skdim.MLE(), n_neighbors=15, comb=comb)
    parameters = {"unbiased": True, "average": "levina_bickel"}
    ask("MLE", parameters, skdim.MLE(unbiased=True), comb="mean")
    ask("MOM", {"n_neighbors": 100}, skdim.MOM())
    ask("MOM", {"n_neighbors": 30, "average": "median"}, skdim.MOM(), n_neighbors=30, comb="median")
    ask("TLE", {}, skdim.TLE())
    ask("TLE", {"n_neighbors": 12}, skdim.TLE(), n_neighbors=12)
    for version in "ab":
        ask("ESS", {"version": version}, skdim.ESS(ver=version))
        parameters = {"version": version, "n_neighbors": 25}
        ask("ESS", parameters, skdim.ESS(ver=version), n_neighbors=25)
    ask("CorrInt", {}, skdim.CorrInt())
    ask("CorrInt", {"k1": 3, "k2": 30}, skdim.CorrInt(k1=3, k2=30))
    for version in ("MLi", "MLk"):
        ask("MiND", {"version": version}, skdim.MiND_ML(ver=version))
        ask("MiND", {"version": version, "k": 8}, skdim.MiND_ML(ver=version, k=8))
    return made


def scales():
    """The dimension by scale, with its errors, and both kinds of 2NN."""
    from dadapy import Data

    X = surface(200)
    data = Data(X, verbose=False, n_jobs=1)
    kinds = {"fit": {}, "mle": {"algorithm": "ml", "mu_fraction": 1}}
    made = {"two_nn": {k: float(data.compute_id_2NN(**v)[0]) for k, v in kinds.items()}}
    names = ("dimensions", "standard_errors", "distances")
    made |= zip(names, data.return_id_scaling_gride(range_max=64), strict=True)
    made |= {name: np.array(made[name]).tolist() for name in names}
    return {"X": X.tolist(), **made}


def bid():
    from dadapy import Data

    X = surface(100)
    made = {"X": X.tolist(), "runs": []}
    for n_neighbors, ratio in [(10, 0.5), (20, 0.5), (30, 0.7)]:
        data = Data(X, maxk=60, verbose=False)
        data.compute_distances()
        values = data.compute_id_binomial_k(n_neighbors, ratio, bayes=False)
        made["runs"].append([n_neighbors, ratio, float(values[0]), float(values[1])])
    return made


def i3d():
    """By scale, of counts in three columns, some rows equal."""
    from dadapy import IdDiscrete

    X = np.random.default_rng(3).poisson(4, size=(250, 3))
    data = IdDiscrete(X, condensed=True, maxk=len(X), verbose=False)
    data.compute_distances(metric="manhattan", d_max=int(np.ptp(X, axis=0).sum()))
    radii = list(range(2, 9))
    found = data.return_id_scaling(np.array(radii), r=0.5, method="mle", plot=False)
    values, errors = (np.asarray(part, dtype=float).tolist() for part in found)
    return {"X": X.tolist(), "radii": radii, "dimensions": values, "standard_errors": errors}


def abide():
    """The dimension and the sizes of neighbourhoods, round by round."""
    from dadapy import Data

    X = surface(200)
    made = {"X": X.tolist(), "runs": []}
    for n_neighbors, level in [(60, 0.05), (40, 1e-6)]:
        data = Data(X, maxk=n_neighbors, verbose=False)
        data.compute_distances()
        found = data.return_ids_kstar_binomial(n_iter=4, alpha=level)
        sizes = np.array(found[2]).tolist()
        made["runs"].append([n_neighbors, level, np.array(found[0]).tolist(), sizes])
    return made


if __name__ == "__main__":
    for name in sys.argv[1:]:
        text = json.dumps(globals()[name]())
        (HERE / f"dimension_{name}.json").write_text(text + "\n")
        print(name, len(text))
