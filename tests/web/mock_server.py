#!/usr/bin/env python3
"""Serves the page with generated answers of the API, to develop the page and to test it.

usage: mock_server.py [--port PORT] [--scenario plain|empty|off] [--token TOKEN] [--still]
"""
import argparse
import http.server
import json
import pathlib
import sys
import threading
import time
import urllib.parse

import mock_answers
import mock_customers
import mock_figures
import mock_models

ROOT = pathlib.Path(__file__).resolve().parents[2]
WEB = ROOT / "src/serve/web"
D3 = pathlib.Path("/usr/share/nodejs/d3/dist/d3.min.js")
POLICY = ("default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
          "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
TYPES = {".html": "text/html; charset=utf-8", ".css": "text/css; charset=utf-8",
         ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml"}
SELECTION = {"model", "version", "persona", "target_group", "from", "to"}
TREND_MEASURES = {"interactions", "started", "completed", "conversion", "satisfaction", "nps",
                  "duration_p50", "abandoned"}


class Refused(Exception):
    def __init__(self, status, error, hint):
        super().__init__(error)
        self.status, self.body = status, {"error": error, "hint": hint}


class World:
    """What the mock knows. `tick` counts the changes of its figures."""

    def __init__(self, scenario="plain", token=None, still=False):
        self.scenario, self.token, self.still = scenario, token, still
        self.tick = 0
        self.connected = True  # False: the stream ends and is refused
        self.changed = threading.Condition()
        self.requests = []
        self.streams = []  # (query, Last-Event-ID) of each stream that was opened
        self.maps = {}  # answers of the present tick

    def models(self):
        if self.scenario == "off":
            return []
        return [mock_models.SIX, mock_models.FIFTY, mock_models.ODD]

    def model(self, name):
        for each in self.models():
            if each["name"] == name:
                return each
        raise Refused(404, f"no model is named '{name}'", "GET /api/v1/models lists them")

    def move_on(self, ticks=1):
        with self.changed:
            self.tick += ticks
            self.changed.notify_all()

    def set_connected(self, connected):
        with self.changed:
            self.connected = connected
            self.changed.notify_all()


def empty_model(model):
    return {**model, "started": 0}


class Answers:
    """One method for each path of the API."""

    def __init__(self, world):
        self.world = world

    def status(self, _):
        known = self.world.scenario == "plain"
        measures = {"enabled": self.world.scenario != "off", "revision": 1000 + self.world.tick,
                    "updated": int(time.time() * 1000), "cells": 5321 if known else 0,
                    "complete": True, "state": "complete" if known else "off"}
        if known:
            measures["as_of"] = mock_figures.AS_OF + 1000 * self.world.tick
        return {"version": "0.1.0", "ready": True, "now": int(time.time() * 1000),
                "instance": "localhost:8080", "partitions": {"total": 4, "owned": [0, 1, 2, 3]},
                "measures": measures, "identity": {"stitching": False}}

    def models(self, _):
        return {"models": [mock_answers.model_row(model, self.world.scenario == "plain")
                           for model in self.world.models()]}

    def selected(self, query, more=()):
        unknown = set(query) - SELECTION - set(more)
        if unknown:
            raise Refused(400, f"unknown parameter '{sorted(unknown)[0]}'",
                          "GET /api/v1/openapi.json lists the parameters")
        model = self.world.model(query.get("model", ""))
        if self.world.scenario == "empty":
            model = empty_model(model)
        return model, {k: v for k, v in query.items() if k in SELECTION - {"model"}}

    def map(self, query):
        key = (self.world.tick, tuple(sorted(query.items())))
        if key not in self.world.maps:
            self.world.maps = {k: v for k, v in self.world.maps.items() if k[0] == key[0]}
            self.world.maps[key] = mock_answers.map_answer(*self.selected(query), self.world.tick)
        return self.world.maps[key]

    def rankings(self, query):
        return mock_answers.rankings(*self.selected(query), self.world.tick)

    def interventions(self, query):
        if set(query) & {"from", "to"}:
            raise Refused(400, "unknown parameter from", "the days are those of each")
        return mock_answers.interventions(*self.selected(query), self.world.tick)

    def internal(self, query):
        return mock_answers.internal(*self.selected(query), self.world.tick)

    def trends(self, query):
        model, selection = self.selected(query, ("stage", "touchpoint", "measure"))
        if query.get("measure") not in TREND_MEASURES:
            raise Refused(400, "no such measure", f"one of {', '.join(sorted(TREND_MEASURES))}")
        selection |= {k: query[k] for k in ("stage", "touchpoint") if k in query}
        return mock_answers.trends(model, selection, self.world.tick, query["measure"])

    def profiles(self, query):
        asked = query.get("identifier") or query.get("q") or ""
        found = [f"customer-{n:06}" for n in (119, 120)]
        if self.world.scenario == "plain" and asked in ("email:anna@example.org", "crm:000119",
                                                        *found):
            return {"profiles": [{"id": asked if asked in found else found[0]}]}
        if self.world.scenario == "plain" and asked == "loyalty:77":
            return {"profiles": [{"id": name} for name in found]}
        raise Refused(404, f"nobody is known as '{asked}'",
                      "an identifier is written NAMESPACE:VALUE, such as email:anna@example.org")

    def profile(self, name, part, query):
        odd = name == "customer-000666"
        if not name.startswith("customer-") or self.world.scenario != "plain":
            raise Refused(404, f"no profile has the id '{name}'",
                          "it may lie in a partition that another instance owns")
        if part == "":
            return mock_customers.profile_answer(name, odd)
        limit = int(query.get("limit", 50))
        if part == "timeline":
            rows = mock_customers.steps_of(name, odd)[::-1]
            rest, cursor = mock_customers.page_of(rows, limit, query.get("before"))
            return {"steps": rest, **({"next": cursor} if cursor else {})}
        rows = mock_customers.signals_of(name, odd)
        rest, cursor = mock_customers.page_of(rows, limit, query.get("before"))
        return {"signals": rest, **({"next": cursor} if cursor else {})}

    def quality(self, _):
        empty = {"dead_letters": [], "partitions": [], "freshness": {}, "systems": [],
                 "channels": [], "unknown_touchpoints": []}
        if self.world.scenario != "plain":
            return {"records": {"consumed": 0, "steps": 0, "duplicates": 0, "dead_letters": 0,
                                "late": 0, "ids_derived": 0}, "inputs": [], **empty}
        letters = {"missing_field": 41, "bad_value": 17, "no_customer": 9, "time_in_future": 3}
        dead, more = sum(letters.values()), 13 * self.world.tick
        steps, duplicates = 187_204 + more, 1_291
        consumed = steps + duplicates + dead
        return {"records": {"consumed": consumed, "steps": steps, "duplicates": duplicates,
                            "dead_letters": dead, "late": 2_208, "ids_derived": 512},
                "as_of": int(time.time() * 1000),
                "dead_letters": [{"reason": k, "count": v, "share": v / consumed}
                                 for k, v in letters.items()],
                "inputs": [mock_answers.input_row("shop.interactions", 160_011 + more, 52, 12, .4),
                           mock_answers.input_row("store.interactions", 28_554, 18, 0, 0)],
                "partitions": [{"partition": n, "holder": "http://localhost:8080",
                                "consumed": consumed // 4, "rejected": dead // 4,
                                "horizon": mock_figures.AS_OF, "latest": mock_figures.AS_OF}
                               for n in range(4)],
                "freshness": {"horizon": mock_figures.AS_OF, "behind_ms": 30_000,
                              "latest": mock_figures.AS_OF},
                "newest": [{"when": mock_figures.AS_OF - 1000 * n, "reason": "missing_field",
                            "detail": f"field action is missing <b>{n}</b>", "offset": 900 - n,
                            "topic": "shop.interactions", "partition": n % 4} for n in range(6)],
                "systems": [{"system": "shop", "process": "order", "interactions": 90_112},
                            {"system": "crm", "process": "", "interactions": 12_480}],
                "channels": [{"name": "web", "interactions": 80_221, "declared": True},
                             {"name": "fax", "interactions": 17, "declared": False}],
                "unknown_touchpoints": [{"name": "old-landing-page", "interactions": 211}]}


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    @property
    def world(self):
        return self.server.world

    def log_message(self, *_):
        pass

    def do_GET(self):
        address = urllib.parse.urlsplit(self.path)
        query = dict(urllib.parse.parse_qsl(address.query, keep_blank_values=True))
        self.world.requests.append(self.path)
        if not address.path.startswith("/api/v1/"):
            self.send_file(address.path)
            return
        try:
            if self.world.token and \
                    self.headers.get("Authorization") != f"Bearer {self.world.token}":
                raise Refused(401, "a token is needed",
                              "send the header Authorization: Bearer TOKEN (setting http.token)")
            parts = [urllib.parse.unquote(p) for p in address.path.split("/")[3:]]
            if parts == ["stream"]:
                self.stream(query)
                return
            self.send_json(200, self.answer(parts, query))
        except Refused as refused:
            self.send_json(refused.status, refused.body)

    def answer(self, parts, query):
        answers = Answers(self.world)
        if parts[0] == "profiles" and len(parts) > 1:
            return answers.profile(parts[1], (parts + [""])[2], query)
        if len(parts) == 1 and parts[0] in ("status", "models", "map", "rankings", "internal",
                                            "interventions", "trends", "profiles", "quality"):
            return getattr(answers, parts[0])(query)
        raise Refused(404, "no such path", "GET /api/v1/openapi.json lists the paths")

    def send_json(self, status, body):
        self.send_bytes(status, json.dumps(body).encode(), "application/json")

    def send_file(self, path):
        if path == "/":
            path = "/web/index.html"
        file = D3 if path == "/web/d3.min.js" else (WEB / path.removeprefix("/web/")).resolve()
        if file != D3 and (not path.startswith("/web/") or WEB not in file.parents or
                           not file.is_file() or file.suffix not in TYPES):
            self.send_json(404, {"error": "no such path", "hint": "the page is at /"})
            return
        self.send_bytes(200, file.read_bytes(), TYPES[file.suffix])

    def send_bytes(self, status, content, kind):
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Cache-Control", "no-store")
        self.send_header("Content-Security-Policy", POLICY)
        self.send_header("X-Content-Type-Options", "nosniff")
        self.end_headers()
        self.wfile.write(content)

    def stream(self, query):
        unknown = set(query) - {"types", "model", "family", "profile", "kind", "per_second",
                                "last_event_id"}
        if unknown:
            raise Refused(400, f"unknown parameter {sorted(unknown)[0]}", "known are …")
        if not self.world.connected:
            raise Refused(503, "not ready", "it is restoring its state")
        self.world.streams.append((query, self.headers.get("Last-Event-ID")))
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Cache-Control", "no-store")
        self.send_header("Connection", "close")
        self.end_headers()
        self.close_connection = True
        try:
            self.send_events(query)
        except (BrokenPipeError, ConnectionResetError):
            pass

    def send_events(self, query):
        """As the service does: a sample has no places, all else tells one from the start on."""
        seen = -1
        self.wfile.write(b"retry: 2000\n\n")
        if "per_second" not in query:
            self.wfile.write(f"id: {self.world.tick}\n\n".encode())
        while self.world.connected:
            with self.world.changed:
                self.world.changed.wait_for(
                    lambda: self.world.tick != seen or not self.world.connected, timeout=15)
                now = self.world.tick
            if now == seen or not self.world.connected:
                self.wfile.write(b":\n\n")
            else:
                seen = now
                self.event("measures", {"revision": 1000 + now,
                                        "as_of": mock_figures.AS_OF + 1000 * now})
                signal = self.signal(now, query.get("profile"))
                if now and query.get("model", signal["model"]) == signal["model"]:
                    self.event("signal", signal, None if "per_second" in query else now)
            self.wfile.flush()

    @staticmethod
    def signal(tick, profile):
        kinds = ("STAGE_ENTERED", "IRRITATION", "ADVOCACY", "MICRO_MOMENT", "JOURNEY_COMPLETED")
        stages = [stage["name"] for stage in mock_models.SIX["stages"]]
        return {"id": f"live-{tick}", "profile_id": profile or f"customer-{tick % 400:06}",
                "kind": kinds[tick % len(kinds)], "name": "", "model": "six-stages",
                "time": mock_figures.AS_OF + 1000 * tick, "stage": stages[tick % len(stages)]}

    def event(self, kind, data, place=None):
        place = "" if place is None else f"id: {place}\n"
        self.wfile.write(f"{place}event: {kind}\ndata: {json.dumps(data)}\n\n".encode())


class Server(http.server.ThreadingHTTPServer):
    """Listens on a free port of this machine unless one is given; `world` steers it."""
    daemon_threads = True

    def __init__(self, world, port=0):
        super().__init__(("127.0.0.1", port), Handler)
        self.world = world
        self.address = f"http://127.0.0.1:{self.server_address[1]}"

    def handle_error(self, request, client_address):
        """A browser that goes away is no fault."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)

    def start(self):
        threading.Thread(target=self.serve_forever, daemon=True).start()
        return self


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--port", type=int, default=8099)
    parser.add_argument("--scenario", choices=["plain", "empty", "off"], default="plain")
    parser.add_argument("--token")
    parser.add_argument("--still", action="store_true", help="no live changes")
    options = parser.parse_args()
    world = World(options.scenario, options.token, options.still)
    server = Server(world, options.port).start()
    print(f"{server.address}/ with scenario {options.scenario}; stop with Ctrl-C")
    try:
        while True:
            time.sleep(2)
            if not world.still:
                world.move_on()
    except KeyboardInterrupt:
        pass


if __name__ == "__main__":
    main()
