"""Looks at HTML files with a real browser, for tests and screenshots. Speaks to Chromium through a pipe, so it opens no
port and needs nothing but Python's own library.

    browser.py shoot REPORT.html OUT.png WIDTH [dark]     a picture of the whole page
    browser.py probe WIDTH[,WIDTH...] REPORT.html...      one line of JSON for each page and width: what the browser
                                                          built, what it asked for, and what does not fit
    browser.py play                                       does what a person does on served pages: steps of JSON, a line
                                                          each, on standard input, and a line of JSON for each

Steps of `play`: {"open": URL, "width": 320}, {"type": TEXT} into what has the focus, {"press": KEY, "times": 3},
{"reach": TEXT} by the Tab key, {"tour": true} over all that the Tab key reaches, {"probe": true}.
"""
import base64
import json
import os
import pathlib
import subprocess
import sys
import tempfile

PROBE = """(() => {
  const all = [...document.querySelectorAll('*')];
  const width = document.documentElement.clientWidth;
  const scrolls = e => { for (let p = e; p; p = p.parentElement) {
    if (['auto', 'scroll', 'hidden'].includes(getComputedStyle(p).overflowX) && p !== document.body) return true; }
    return false; };
  const name = e => e.tagName.toLowerCase() + (e.className.baseVal ?? e.className ? '.' + (e.className.baseVal ?? e.className) : '');
  const count = selector => document.querySelectorAll(selector).length;
  const outside = all.flatMap(e => [...e.attributes]).filter(a =>
    ['href', 'src', 'srcset', 'action', 'formaction', 'data', 'poster', 'xlink:href', 'background', 'ping'].includes(a.name)
    && !a.value.startsWith('#')).map(a => a.name + '=' + a.value.slice(0, 200));
  const tags = {};
  for (const e of all) tags[e.tagName.toLowerCase()] = (tags[e.tagName.toLowerCase()] ?? 0) + 1;
  return {
    title: document.title, text: document.body.innerText, tags, outside,
    handlers: all.flatMap(e => [...e.attributes]).filter(a => /^on/i.test(a.name)).map(a => a.name),
    styled: count('[style]'), policy: document.querySelector('meta[http-equiv]')?.content ?? '',
    headings: [...document.querySelectorAll('h1,h2,h3,h4,h5,h6')].map(h => Number(h.tagName[1])),
    headersWithoutScope: count('th:not([scope])'), picturesWithoutName: [...document.querySelectorAll('svg')].filter(s =>
      s.getAttribute('role') !== 'img' || !s.querySelector('title')?.textContent || !s.querySelector('desc')?.textContent).length,
    pictures: count('svg'), broken: [...document.querySelectorAll('svg *')].flatMap(e => [...e.attributes]).filter(a =>
      /NaN|Infinity|undefined|null|inf|nan/.test(a.value)).length,
    doubled: [...document.querySelectorAll('[id]')].map(e => e.id).filter((id, i, ids) => ids.indexOf(id) !== i),
    deadLinks: [...document.querySelectorAll('a[href^="#"]')].map(a => a.getAttribute('href').slice(1)).filter(id => !document.getElementById(id)),
    scrollWidth: document.documentElement.scrollWidth, width,
    wide: all.filter(e => !(e instanceof SVGElement) && e.getBoundingClientRect().right > width + 1 && !scrolls(e)
      && getComputedStyle(e).position !== 'absolute').map(name).slice(0, 10),
    narrow: [...document.querySelectorAll('td, th, dd')].filter(e => e.offsetWidth > 0 && e.offsetWidth < 24
      && e.innerText.trim().length > 3).map(name).slice(0, 10),
    stops: count('summary, a[href], [tabindex="0"]'), ink: getComputedStyle(document.body).color,
    paper: getComputedStyle(document.body).backgroundColor, height: document.documentElement.scrollHeight,
  };
})()"""


# What a keyboard can stand on, numbered in the order of the document.
STOPS = "document.querySelectorAll('a[href], button, input:not([type=hidden]), select, textarea, iframe, summary').length"
FOCUS = """(() => {
  const e = document.activeElement;
  if (!e || e === document.body) return null;
  const box = e.getBoundingClientRect(), style = getComputedStyle(e);
  return { number: [...document.querySelectorAll('*')].indexOf(e), tag: e.tagName.toLowerCase(), name: e.name ?? '',
    text: (e.innerText ?? '').trim(), seen: style.outlineStyle !== 'none' || e.tagName === 'IFRAME',
    inside: box.width > 0 && box.left >= -1 && box.left < document.documentElement.clientWidth };
})()"""


class Browser:
    """One Chromium with one page."""

    def __init__(self, folder):
        to_browser, ours_out = os.pipe()
        ours_in, from_browser = os.pipe()
        flags = [
            "--headless=new", "--remote-debugging-pipe", f"--user-data-dir={folder}", "--no-first-run",
            "--disable-gpu", "--disable-dev-shm-usage", "--disable-background-networking", "--disable-extensions",
            "--disable-component-update", "--hide-scrollbars", "--force-color-profile=srgb",
        ]
        if os.geteuid() == 0:
            flags.append("--no-sandbox")
        line = f'exec "$@" 3<&{to_browser} 4>&{from_browser}'
        self.process = subprocess.Popen(
            ["bash", "-c", line, "bash", os.environ.get("CHROMIUM", "chromium"), *flags, "about:blank"],
            pass_fds=(to_browser, from_browser), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            stdin=subprocess.DEVNULL)
        os.close(to_browser)
        os.close(from_browser)
        self.out, self.rest, self.inward = ours_out, b"", ours_in
        self.count, self.session, self.seen = 0, None, []
        targets = self.call("Target.getTargets")["targetInfos"]
        page = next(target for target in targets if target["type"] == "page")
        self.session = self.call("Target.attachToTarget", targetId=page["targetId"], flatten=True)["sessionId"]
        for part in ("Page", "Network", "Runtime", "Log"):
            self.call(part + ".enable")

    def message(self):
        while b"\0" not in self.rest:
            piece = os.read(self.inward, 1 << 20)
            if not piece:
                sys.exit("the browser went away")
            self.rest += piece
        line, self.rest = self.rest.split(b"\0", 1)
        return json.loads(line)

    def call(self, method, **parameters):
        self.count += 1
        call = {"id": self.count, "method": method, "params": parameters}
        if self.session:
            call["sessionId"] = self.session
        os.write(self.out, json.dumps(call).encode() + b"\0")
        while True:
            answer = self.message()
            if answer.get("id") == self.count:
                if "error" in answer:
                    sys.exit(f"{method}: {answer['error']['message']}")
                return answer["result"]
            self.seen.append(answer)

    def open(self, path, width, dark=False):
        self.seen = []
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=900, deviceScaleFactor=1, mobile=False)
        scheme = "dark" if dark else "light"
        self.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
        self.call("Page.navigate", url=path if "://" in path else pathlib.Path(path).resolve().as_uri())
        self.loaded()

    def loaded(self):
        while not any(event.get("method") == "Page.loadEventFired" for event in self.seen):
            self.seen.append(self.message())

    def evaluate(self, expression):
        value = self.call("Runtime.evaluate", expression=expression, returnByValue=True)
        if "exceptionDetails" in value:
            sys.exit(str(value["exceptionDetails"]))
        return value["result"].get("value")

    def press(self, key):
        codes = {"Tab": 9, "Enter": 13, " ": 32, "Escape": 27}
        text = {"Enter": "\r", " ": " "}.get(key, "")
        for kind in ("keyDown", "keyUp"):
            self.call("Input.dispatchKeyEvent", type=kind, key=key, windowsVirtualKeyCode=codes[key],
                      **({"text": text} if text and kind == "keyDown" else {}))

    def tour(self, wanted=None):
        """What has the focus, Tab after Tab, until it has been everywhere or at what is wanted."""
        places, nowhere = [], 0
        for _ in range(300):
            self.press("Tab")
            # The focus may go from one process to another, as into a frame: the next key is for whoever has it then.
            self.call("Runtime.evaluate", awaitPromise=True, expression="new Promise(done => setTimeout(done, 50))")
            place = self.evaluate(FOCUS)
            # On its way out of a frame, which is another process, and at the end of the page the focus is nowhere.
            nowhere = nowhere + 1 if place is None else 0
            if nowhere > 3 or (place and len(places) > 1 and place["number"] == places[0]["number"]):
                break
            if place is None:
                continue
            places.append(place)
            if wanted is not None and wanted in (place["text"], place["name"]):
                return places
        if wanted is not None:
            sys.exit(f"the Tab key never reaches '{wanted}', only {places}")
        return places

    def play(self, step):
        if "open" in step:
            self.open(step["open"], int(step.get("width", 1200)))
            return {"opened": self.evaluate("location.href")}
        if "type" in step:
            self.call("Input.insertText", text=step["type"])
            return {"typed": True}
        if "reach" in step:
            return self.tour(step["reach"])[-1]
        if "tour" in step:
            return {"places": self.tour(), "stops": self.evaluate(STOPS)}
        if "press" in step:
            if step.get("loads"):
                self.seen = []
            for _ in range(int(step.get("times", 1))):
                self.press(step["press"])
            if step.get("loads"):
                self.loaded()
            return {"pressed": step["press"], "at": self.evaluate("location.href")}
        return self.probe()

    def probe(self):
        value = self.evaluate(PROBE)
        events = {"requests": [], "complaints": []}
        for event in self.seen:
            if event.get("method") == "Network.requestWillBeSent":
                events["requests"].append(event["params"]["request"]["url"][:200])
            # What is verbose is advice.
            if event.get("method") == "Log.entryAdded" and event["params"]["entry"]["level"] != "verbose":
                events["complaints"].append(event["params"]["entry"]["text"])
            if event.get("method") in ("Page.javascriptDialogOpening", "Runtime.exceptionThrown"):
                events["complaints"].append(event["method"])
        return value | events

    def shoot(self, path, width, height):
        clip = {"x": 0, "y": 0, "width": width, "height": height, "scale": 1}
        picture = self.call("Page.captureScreenshot", captureBeyondViewport=True, clip=clip)
        pathlib.Path(path).write_bytes(base64.b64decode(picture["data"]))

    def close(self):
        self.session = None
        os.write(self.out, b'{"id":0,"method":"Browser.close"}\0')
        self.process.wait(20)


def main(words):
    with tempfile.TemporaryDirectory(prefix="browser-", ignore_cleanup_errors=True) as folder:
        browser = Browser(folder)
        if words[:1] == ["shoot"]:
            browser.open(words[1], int(words[3]), dark="dark" in words[4:])
            size = browser.call("Page.getLayoutMetrics")["cssContentSize"]
            height = min(int(size["height"]), int(os.environ.get("HEIGHT", 16000)))
            browser.call("Emulation.setDeviceMetricsOverride", width=int(words[3]), height=height,
                         deviceScaleFactor=float(os.environ.get("SCALE", 1)), mobile=False)
            browser.shoot(words[2], int(words[3]), height)
        elif words[:1] == ["play"]:
            for line in sys.stdin:
                print(json.dumps(browser.play(json.loads(line))), flush=True)
        else:
            for path in words[2:]:
                for width in words[1].split(","):
                    browser.open(path, int(width))
                    print(json.dumps({"page": pathlib.Path(path).name} | browser.probe()), flush=True)
        browser.close()


main(sys.argv[1:])
