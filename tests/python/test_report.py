"""The page of a report in a browser, opened from disk."""

import json
import shutil

import h5py
import pytest
import valleyflux as vf

webdriver = pytest.importorskip("selenium.webdriver")
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import Select, WebDriverWait

CHROMIUM, DRIVER = (shutil.which(name) for name in ("chromium", "chromedriver"))
pytestmark = pytest.mark.skipif(not CHROMIUM or not DRIVER, reason="chromium and chromedriver are not installed")

TITLE = "</script><b id='broken'>A & \"B\"</b>"
PLANE = """
title = '''TITLE'''
landscape.expression = "(x^2 - 1)^2 + y^2 + x*y/2"
units = { time = "ns", energy = "kJ/mol" }
diffusion.D = 0.25
accuracy.relative = 0.1
first_passage.points = 40
[grid]
x = { min = -2.2, max = 2.2, cells = 32 }
y = { min = -2, max = 2, cells = 24 }
[evolve]
initial = "valley_1"
until = 2.0
frames = 6
[[escape]]
from = "valley_1"
to = "valley_2"
[[escape]]
from = "valley_2"
to = "first_exit"
""".replace("TITLE", TITLE)
LINE = """
landscape.expression = "x^4/4 - x^2/2"
diffusion.D = 0.1
grid.x = { min = -2.5, max = 2.5, cells = 100 }
evolve = { initial = "valley_1", until = 20.0, frames = 6 }
"""
THREE = """
landscape.expression = "0.1*x^2*(x^2 - 4)^2"
diffusion.D = 0.3
grid.x = { min = -3, max = 3, cells = 60 }
valley = [{ name = "left", where = "x < -1.1" }, { name = "middle", where = "abs(x) <= 1.1" },
          { name = "right", where = "x > 1.1" }]
escape = [{ from = "middle", to = "any" }, { from = "left", to = "middle" }]
first_passage = { until = 40.0, points = 80 }
"""
WALLS = """
landscape.expression = "x^2/8 - 0.3*x"
diffusion.D = 0.5
grid.x = { min = -1, max = 2, cells = 50, boundary = "absorbing" }
evolve = { initial = { mean = [0.0], sd = [0.1] }, until = 8.0, frames = 6 }
"""
BOUND = """
landscape.expression = "x^4/4 - x^2/2"
diffusion.D = 0.01
grid.x = { min = -2.5, max = 2.5, cells = 50 }
langevin = { particles = 20, time_limit = 1.0, step = 0.01 }
escape = [{ from = "valley_1", to = "valley_2", methods = ["langevin"] }]
"""
BOX = {"langevin.particles": 40, "langevin.runs": 2, "langevin.step": 0.01}


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """Result file and page by name."""
    folder = tmp_path_factory.mktemp("reports")
    cases = {
        "plane": vf.Case(PLANE),
        "line": vf.Case(LINE),
        "three": vf.Case(THREE),
        "walls": vf.Case(WALLS),
        "bound": vf.Case(BOUND),
        "box": vf.Case("styblinski_tang_10d").with_values(BOX),
        "loss": vf.Case("styblinski_tang_data").with_values({"data.samples": 500, "langevin.particles": 20}),
    }
    for name, case in cases.items():
        result = case.solve(progress=False)
        result.save(folder / f"{name}.h5")
        result.report(folder / f"{name}.html")
    return folder


@pytest.fixture(scope="module")
def chromium(tmp_path_factory):
    options = webdriver.ChromeOptions()
    options.binary_location = CHROMIUM
    for flag in ("headless", "no-sandbox", "disable-gpu", "disable-quic", "no-first-run", "disable-background-networking",
                 "disable-component-update", "disable-sync", f"user-data-dir={tmp_path_factory.mktemp('profile')}"):
        options.add_argument(f"--{flag}")
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    driver = webdriver.Chrome(options, webdriver.ChromeService(DRIVER))
    yield driver
    driver.quit()


@pytest.fixture
def opened(chromium, files):
    """Opens a page, so wide and in such colours, and waits until it is drawn."""

    def open_page(name, width=1280, scheme="light"):
        chromium.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": scheme}]})
        chromium.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False})
        chromium.get_log("browser"), chromium.get_log("performance")
        chromium.get((files / f"{name}.html").as_uri())
        wait(chromium, lambda _: chromium.execute_script("return document.documentElement.dataset.drawn === 'true'"))
        return chromium

    return open_page


def wait(chromium, condition):
    return WebDriverWait(chromium, 60).until(condition)


FIELD = """
    const map = document.querySelector('canvas[aria-label*=slider]');
    return map ? map.toDataURL() : document.querySelector('[data-curve=density]').getAttribute('d');
"""


def field(chromium):
    """What is drawn of the density: pixels of its map, or the curve."""
    return chromium.execute_script(FIELD)


@pytest.mark.parametrize("name", ["plane", "line", "three", "walls", "box", "loss"])
def test_a_page_has_no_errors_and_asks_for_nothing(opened, files, name):
    chromium = opened(name)
    assert chromium.get_log("browser") == []
    messages = [json.loads(entry["message"])["message"] for entry in chromium.get_log("performance")]
    asked = {message["params"]["request"]["url"] for message in messages if message["method"] == "Network.requestWillBeSent"}
    assert asked - {"data:,"} == {(files / f"{name}.html").as_uri()}


def test_what_escapes_end_in_is_told_with_its_probability(opened):
    part = opened("three").find_element(By.ID, "first-passages")
    rows = [row.text.split() for row in part.find_elements(By.CSS_SELECTOR, "tbody tr")]
    assert [row[3:5] for row in rows] == [["left", "0.5"], ["right", "0.5"]], rows
    curves = part.find_elements(By.CSS_SELECTOR, "path.curve")
    assert len(curves) == 4 and "into right" in part.text  # of both escapes, and of the two ends of one


def test_walls_have_curves_and_a_page_without_rates_says_why(opened):
    chromium = opened("walls")
    made = [one for one in chromium.find_elements(By.TAG_NAME, "figure") if "left through each wall" in one.text]
    assert len(made) == 1 and len(made[0].find_elements(By.CSS_SELECTOR, "path.curve")) == 2
    assert "x.min" in made[0].text and "x.max" in made[0].text
    assert "no rates: valley_1 is the only valley" in chromium.find_element(By.ID, "rates").text


def test_an_escape_without_a_rate_shows_its_bound(opened, files):
    card = opened("bound").find_element(By.CSS_SELECTOR, "#rates .card").text
    with h5py.File(files / "bound.h5") as result:
        assert result["estimate_rate"][0] != result["estimate_rate"][0]
        assert f"no rate to quote, but a bound: below {result['estimate_high'][0]:.3g}" in card and "by langevin" in card


def test_places_of_exit_are_drawn_over_the_plane(opened, files):
    chromium = opened("plane")
    part = chromium.find_element(By.ID, "first-passages")
    assert "Places of exit" in part.text and chromium.get_log("browser") == []
    with h5py.File(files / "plane.h5") as result:
        taken = [result[f"first_passage_exit_probability_{escape}"][:] for escape in ("valley_1_valley_2", "valley_2_first_exit")]
    marks = part.find_elements(By.CSS_SELECTOR, "g > .exit")
    assert len(marks) == sum((probability > 1e-3 * probability.max()).sum() for probability in taken)


@pytest.mark.parametrize("name", ["plane", "line"])
def test_slider_and_play_move_the_field(opened, name):
    chromium = opened(name)
    slider = chromium.find_element(By.ID, "frame")
    before = field(chromium)
    assert slider.get_attribute("value") == "0"  # nothing moves by itself
    slider.send_keys(Keys.ARROW_RIGHT, Keys.ARROW_RIGHT)
    assert slider.get_attribute("value") == "2" and "(3 of 7)" in slider.get_attribute("aria-valuetext")
    later = field(chromium)
    assert later != before
    slider.send_keys(Keys.SPACE)
    wait(chromium, lambda _: slider.get_attribute("value") == "6")
    last = field(chromium)
    assert last not in (before, later)
    play = chromium.find_element(By.ID, "play")
    wait(chromium, lambda _: play.get_attribute("aria-pressed") == "false")  # at the end it stops
    # And begins anew: what it shows is noted by the page itself, since between two looks from here all may be over.
    chromium.execute_script(f"window.shown = new Set(); window.setInterval(() => window.shown.add((() => {{ {FIELD} }})()), 20)")
    play.send_keys(Keys.SPACE)
    wait(chromium, lambda _: chromium.execute_script("return window.shown.size > 3 && window.shown.has(arguments[0])", last))


def number_in(text):
    """Of "1.38 × 10⁻⁷" as of "0.25"."""
    mantissa, _, exponent = text.replace("−", "-").partition(" × 10")
    return float(mantissa) * 10 ** int(exponent.translate(str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")) or 0)


@pytest.mark.parametrize("name", ["plane", "line", "box", "loss"])
def test_the_table_has_the_numbers_of_the_file(opened, files, name):
    chromium = opened(name)
    rows = chromium.execute_script(
        "return [...document.querySelectorAll('tr[data-estimate]')].map((row) => [row.dataset.estimate, row.className,"
        "[...row.querySelectorAll('td[data-field]')].map((cell) => [cell.dataset.field, cell.dataset.value, cell.textContent])])")
    with h5py.File(files / f"{name}.h5") as file:
        labels = list(file["estimate"].asstr())
        assert sorted(row[0] for row in rows) == sorted(labels)
        quoted = [label for label, recommended in zip(labels, file["estimate_recommended"]) if recommended]
        assert sorted(row[0] for row in rows if row[1] == "quoted") == sorted(quoted)
        for label, _, cells in rows:
            assert [cell[0] for cell in cells] == ["rate", "low", "high", "time"]
            for what, value, shown in cells:
                stored = file[f"estimate_{what}"][labels.index(label)]
                if value == "":
                    assert stored != stored and shown in ("–", "no rate")
                else:
                    assert float(value) == stored
                    assert abs(number_in(shown) - stored) <= 5e-7 * abs(stored)


def test_names_are_texts_and_units_are_said(opened):
    chromium = opened("plane")
    assert chromium.title == TITLE and chromium.find_element(By.TAG_NAME, "h1").text == TITLE
    assert not chromium.find_elements(By.ID, "broken")
    text = chromium.find_element(By.TAG_NAME, "body").text
    for part in ("1/ns", "landscape [kJ/mol]", "time [ns]", "the core of valley_2 is reached", "the boundary of valley_2 is first crossed"):
        assert part in text or part in chromium.page_source, part


@pytest.mark.parametrize("name", ["plane", "line", "box", "loss"])
@pytest.mark.parametrize("width", [390, 1280])
def test_tables_scroll_within_their_box_and_the_page_never_sideways(opened, name, width):
    chromium = opened(name, width)
    assert chromium.execute_script("return document.documentElement.scrollWidth") <= width
    wide = chromium.execute_script(
        "return [...document.querySelectorAll('body *')].filter((one) => !one.closest('.scroll, pre, svg, .skip') && one.getBoundingClientRect().right > innerWidth).map((one) => one.outerHTML.slice(0, 80))")
    assert wide == []


def test_committors_can_be_chosen(opened):
    chromium = opened("plane")
    committor = "return document.querySelector('canvas[aria-label*=committor]').toDataURL()"
    before = chromium.execute_script(committor)
    Select(chromium.find_element(By.ID, "committor")).select_by_index(1)
    wait(chromium, lambda _: chromium.execute_script(committor) != before)


def test_dark_and_light_differ(opened):
    def colours(chromium):
        return chromium.execute_script("const style = getComputedStyle(document.body); return [style.backgroundColor, style.color]")

    light, dark = colours(opened("line")), colours(opened("line", scheme="dark"))
    assert light[0] == "rgb(255, 255, 255)" and light[0] != dark[0] and light[1] != dark[1]


def test_everything_has_a_name_for_screen_readers(opened):
    chromium = opened("plane")
    nameless = chromium.execute_script(
        "return [...document.querySelectorAll('[role=img], [role=region], [role=group], nav, input')]"
        ".filter((one) => !one.getAttribute('aria-label')).map((one) => one.outerHTML.slice(0, 80))")
    assert nameless == []
    twice = chromium.execute_script("const ids = [...document.querySelectorAll('[id]')].map((one) => one.id); return ids.length - new Set(ids).size")
    assert twice == 0


def test_on_paper_the_case_is_open(opened):
    chromium = opened("line")
    assert len(chromium.execute_cdp_cmd("Page.printToPDF", {"printBackground": True})["data"]) > 10000
    assert chromium.find_element(By.TAG_NAME, "details").get_attribute("open") is not None


def test_a_page_takes_no_name_of_a_folder(files):
    result = vf.Case(LINE).solve(progress=False)
    with pytest.raises(ValueError, match="it is a folder"):
        result.report(files)
