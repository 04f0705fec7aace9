"""valleyflux reproduce, and cases over data, as a user meets them."""

import csv
import gzip
import json
import math
import os
import random
import signal
import subprocess
import time

from program import PROGRAM, run, run_tests

# Few repetitions of the quick figure: what comes out is looked at here, not what the paper claims.
FEW = ["--quick", "--seeds", "1", "--set", "langevin.particles=10"]


def test_a_figure(folder):
    done = run("reproduce", "fig12", "--quick", "--seeds", "2", "--set", "langevin.particles=10", "-o", "out", folder=folder)
    assert "-log(rate) ~ 1/value: " in done.stdout and "noise that follows the Hessian" in done.stdout, done.stdout
    assert "slope over 2 seeds " in done.stdout and "; SGD's rate is " in done.stdout, done.stdout
    figure = json.loads((folder / "out/fig12.json").read_text())
    names = [panel["name"] for panel in figure["panels"]]
    assert names[0] == "(a) Styblinski-Tang, 10 dimensions" and "(c) network, 4 layers" in names, names
    logistic = next(panel for panel in figure["panels"] if panel["name"] == "(b) logistic regression, 2 parameters")
    assert {point["method"] for point in logistic["points"]} == {"sgd", "quasi_stationary", "mean_first_passage"}
    assert logistic["used"]["diffusion.batch_size"] == "1" and logistic["used"]["data.samples"] == "50000", logistic["used"]
    for panel in figure["panels"]:
        assert panel["verdict"] and (panel["relation"] is None or panel["relation"]["slope_low"] < panel["relation"]["slope_high"])
        # Methods that know no chance but that of the data are asked once.
        assert {point["seed"] for point in panel["points"] if point["method"] != "sgd"} <= {1}
        assert {point["seed"] for point in panel["points"]} == {1, 2}, panel["name"]
        if len(panel["relations"]) == 2:
            slopes = [relation["slope"] for relation in panel["relations"]]
            pooled = panel["pooled_slope"]
            assert min(slopes) <= pooled["value"] <= max(slopes) and pooled["low"] < pooled["value"] < pooled["high"], panel
        for point in panel["points"]:
            if point["log_rate"] is not None:
                assert abs(point["x"] - 1 / point["value"]) < 1e-9 * point["x"] and point["y"] == -point["log_rate"], point
    with open(folder / "out/fig12.csv", newline="") as table:
        rows = list(csv.DictReader(table))
    assert len(rows) == sum(len(panel["points"]) for panel in figure["panels"])
    page = (folder / "out/fig12.md").read_text()
    assert page.count("| fig12 |") == len(names) and "| batch size | 1 | `1` |  |" in page, page
    assert (folder / "out/fig12.png").read_bytes().startswith(b"\x89PNG")
    assert not list((folder / "out").glob("*.part"))


def test_a_landscape(folder):
    cells = ["--set", "grid.x.cells=54", "--set", "grid.y.cells=44", "--set", "accuracy.relative=0.1"]
    run("reproduce", "fig2", *cells, "-o", "out", folder=folder)
    figure = json.loads((folder / "out/fig2.json").read_text())
    white, sgd = figure["panels"]
    rate = {(row["from"], row["to"]): row["rate"] for row in white["estimates"] if row["method"] == "mean_first_passage"}
    # White noise: the law is Boltzmann's, and what goes over the saddle one way comes back.
    import h5py
    with h5py.File(folder / "out" / white["result"]) as file:
        share = dict(zip(file["valley"].asstr()[...], file["valley_stationary_probability"][...]))
    balance = share["sharp"] * rate["sharp", "flat"] / (share["flat"] * rate["flat", "sharp"])
    assert abs(balance - 1) < 0.01, balance
    assert sgd["used"]["diffusion"].startswith("{ batch_size = 1, eta = 0.08"), sgd["used"]
    assert (folder / "out/fig2.png").read_bytes().startswith(b"\x89PNG")


def test_equal_bytes(folder):
    for threads in ("1", "2"):
        run("reproduce", "fig5", "--quick", "--seeds", "2", "--threads", threads, "--quiet", "-o", threads, "--set",
            "langevin.particles=10", "--set", "start.training.epochs=2", folder=folder)
    for name in ("fig5.csv", "fig5.json"):
        assert (folder / "1" / name).read_bytes() == (folder / "2" / name).read_bytes(), name


def test_covariance(folder):
    done = run("reproduce", "fig1", "--quick", "--json", "--set", "start.training.epochs=5", folder=folder)
    for panel in json.loads(done.stdout)["panels"]:
        assert len(panel["covariances"]) == 3
        for found in panel["covariances"]:
            assert found["correlation"]["low"] < found["correlation"]["value"] < found["correlation"]["high"] < 1, found
            count = len(found["hessian_eigenvalue"])
            assert count == len(found["gradient_covariance"]) and (count == 50 if "all pixels" in panel["name"] else count > 100)
        factors = [found["factor"]["value"] for found in panel["covariances"]]
        assert min(factors) < panel["pooled_factor"]["value"] < max(factors), panel["pooled_factor"]
        assert "synthetic stand-in" in panel["data"], panel["data"]


def test_own_data(folder):
    numbers = random.Random(1)
    own = folder / "it's \"own\""
    own.mkdir()
    with gzip.open(own / "data_banknote_authentication.txt.gz", "wt") as table:
        for k in range(60):
            table.write(",".join(f"{numbers.gauss(k % 2, 1):.4f}" for _ in range(4)) + f",{k % 2}\n")
    done = run("reproduce", "fig3", *FEW, "--data", own.name, "--set", "start.training.epochs=1", "-o", "out", folder=folder)
    assert done.stderr.count("takes its stand-in") == 7, done.stderr  # of nine panels: two are of Banknote
    data = {panel["name"][:3]: panel["data"] for panel in json.loads((folder / "out/fig3.json").read_text())["panels"]}
    assert data["(b)"] == "data_banknote_authentication.txt" and data["(a)"] == "a synthetic stand-in for avila-tr.txt", data
    (own / "data_banknote_authentication.txt.gz").write_bytes(b"\x1f\x8b broken")
    broken = run("reproduce", "fig3", *FEW, "--data", own.name, "--set", "start.training.epochs=1", folder=folder, status=2)
    assert "data_banknote_authentication.txt.gz is damaged or cut off" in broken.stderr, broken.stderr


def test_own_figure(folder):
    (folder / "mine.toml").write_text('title = "Mine"\nclaim = "rate ~ value"\n[[panel]]\nname = "SGLD"\ncase = "styblinski_tang_data"\n'
                                      'set = ["data.features=1", "diffusion.eta=0.001", "diffusion.injected=6", '
                                      "'escape.0.methods=[\"sgd\", \"mean_first_passage\", \"theory:kramers\"]']\n"
                                      'vary = "loss.k=0.5:2:3:log"\n')
    (folder / "zero.toml").write_text((folder / "mine.toml").read_text().replace("0.5:2:3:log", "0:2:3"))
    assert "needs positive values" in run("reproduce", "zero.toml", folder=folder, status=2).stderr
    run("reproduce", "mine.toml", "-o", "out", folder=folder)
    panel = json.loads((folder / "out/mine.json").read_text())["panels"][0]
    # Kramers' rate is proportional to k, by the theorem itself.
    kramers = next(line for line in panel["others"] if line["method"] == "theory:kramers")
    assert abs(kramers["slope"] - 1) < 1e-9, kramers


def test_a_drawing_that_is_interrupted_leaves_nothing(folder):
    (folder / "mine.toml").write_text('title = "Mine"\nclaim = "-log(rate) ~ 1/value"\n[[panel]]\nname = "wells"\ncase = "two.toml"\n'
                                      'vary = "parameters.T=0.1:0.3:3"\n')
    (folder / "two.toml").write_text('[parameters]\nT = 0.1\n[landscape]\nexpression = "x^4/4 - x^2/2"\n[diffusion]\nmodel = "expression"\n'
                                     'D = "T"\n[grid]\nx = { min = -2, max = 2, cells = 60 }\n[[escape]]\nfrom = "valley_1"\nto = "valley_2"\n'
                                     'methods = ["mean_first_passage"]\n')
    process = subprocess.Popen([PROGRAM, "reproduce", "mine.toml", "-o", "out"], cwd=folder, start_new_session=True,
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while not (folder / "out/mine.md").exists():  # what is written before the picture
        assert process.poll() is None, process.returncode
        time.sleep(0.01)
    time.sleep(0.3)
    os.killpg(process.pid, signal.SIGINT)
    process.wait(timeout=60)
    assert not list(folder.glob("out/*.part.png")), list(folder.glob("out/*"))


def test_faults_of_own_figures(folder):
    head = 'title = "Mine"\nclaim = "-log(rate) ~ value"\n'
    panel = ('[[panel]]\nname = "one"\ncase = "logistic_regression"\nset = ["data.samples=200"]\nvary = "diffusion.batch_size=10:30:3"\n')
    two = '[[panel]]\nname = "two"\ncase = "two.toml"\nvary = "parameters.T=0.1:0.3:3"\n'
    (folder / "two.toml").write_text('[parameters]\nT = 0.1\n[landscape]\nexpression = "x^4/4 - x^2/2"\n[diffusion]\nmodel = "expression"\n'
                                     'D = "T"\n[grid]\nx = { min = -2, max = 2, cells = 60 }\n')
    for text, complaint in (
            (panel + 'sett = 1\n', "the nearest known one is"),
            (panel.replace("data.samples", "data.sample"), 'mine, panel "one": --set data.sample: error: unknown key'),
            (panel.replace("10:30:3", "10:30"), 'mine, panel "one": --vary diffusion.batch_size=10:30: error:'),
            (panel + 'seeds = 2\nseed_keys = ["data.sede"]\n', 'mine, panel "one": --set data.sede: error: unknown key'),
            (panel + '[[setting]]\nwhat = "box"\nstated = "1"\nkey = "valley.0.maxi"\n', 'the setting "box" is of the key valley.0.maxi'),
            (two, 'mine, panel "two": two.toml: error: a panel varies a case of one escape')):
        (folder / "mine.toml").write_text(head + text)
        stderr = run("reproduce", "mine.toml", folder=folder, status=2).stderr
        assert complaint in stderr, stderr
    # Labels that are named need no seed, but may have one: seeds of the start are left.
    (folder / "mine.toml").write_text(head + 'seeds = 2\nseed_keys = ["data.seed", "start.seed"]\n[[panel]]\nname = "one"\ncase = "avila"\n'
                                      "set = ['data.group=[\"A\", \"F\"]', \"langevin.particles=10\", \"start.training.epochs=1\"]\n"
                                      'vary = "diffusion.batch_size=1:3:3"\n')
    run("reproduce", "mine.toml", "--quiet", "-o", "out", folder=folder)
    assert json.loads((folder / "out/mine.json").read_text())["panels"][0]["pooled_slope"]["seeds"] == 2


def test_run_and_sweep_of_a_loss(folder):
    results = json.loads(run("run", "logistic_regression", "--json", "--set", "diffusion.eta=0.002", "--set", "langevin.particles=400",
                             folder=folder).stdout)
    sgd, quasi, mean = results["estimates"]
    assert sgd["escapes"] == 400 and sgd["to"] == "first_exit" and abs(sgd["log_rate"] - mean["log_rate"]) < 0.25, results
    import h5py
    with h5py.File(folder / "logistic_regression.h5") as file:
        assert file["start"].shape == (2,) and file["escape_time_sgd_start_first_exit"].shape == (400,)
        time = file["escape_time_sgd_start_first_exit"][()]
        assert math.isclose(398 / time.sum(), sgd["rate"], rel_tol=1e-12)  # Eq. 86
    run("sweep", "network_random_labels", "--quiet", "--set", "langevin.particles=10", "--set", "data.samples=500", folder=folder)
    assert (folder / "network_random_labels_sweep.csv").read_text().count(",sgd,") == 5
    assert "50000 samples" in run("check", "styblinski_tang_data", folder=folder).stdout


def test_wrong_input(folder):
    assert 'the nearest figure is "fig1' in run("reproduce", "fig13", folder=folder, status=2).stderr
    run("reproduce", "fig3", "--data", "none", folder=folder, status=2)
    assert "data.features must" in run("run", "logistic_regression", "--set", "data.features=0", folder=folder, status=2).stderr
    assert "must be a whole number" in run("reproduce", "fig10", "--set", "diffusion.batch_size=0.5", folder=folder, status=2).stderr
    far = run("run", "logistic_regression", "--set", "start.at=0.2", folder=folder, status=2).stderr
    assert "outside the valley" in far, far
    wild = run("run", "styblinski_tang_data", "--set", "diffusion.eta=0.5", "--set", "valley.0.max=1e300", "--set",
               'escape.0.methods=["sgd"]', folder=folder, status=1).stderr
    assert "diffusion.eta = 0.5 is too large" in wild, wild
    (folder / "out").write_text("a file")
    assert "out cannot be made" in run("reproduce", "fig11", *FEW, "-o", "out", folder=folder, status=1).stderr
    assert (folder / "out").read_text() == "a file"


if __name__ == "__main__":
    run_tests(globals())
