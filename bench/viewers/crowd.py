"""Clients that look at the map as the page does: each follows the live events, and fetches the map
when the figures have changed, at most each 1.5 seconds.

    bench/viewers/crowd.py PORT COUNT MODEL

Runs until its input ends, then prints as JSON what they got.
"""
import asyncio
import json
import sys
import time

REFRESH_LEAST = 1.5  # seconds, as in app.js


class Viewer:
    def __init__(self, port, model, counts):
        self.port, self.model, self.counts = port, model, counts
        self.changed = asyncio.Event()

    async def follow(self):
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        path = f"/api/v1/stream?model={self.model}&per_second=5"
        writer.write(f"GET {path} HTTP/1.1\r\nHost: bench\r\n\r\n".encode())
        head = await reader.readuntil(b"\r\n\r\n")
        if not head.startswith(b"HTTP/1.1 200"):
            self.counts["faults"] += 1
            return
        while True:
            block = await reader.read(65536)
            if not block:
                self.counts["ended"] += 1
                return
            self.counts["bytes"] += len(block)
            self.counts["signals"] += block.count(b"event: signal")
            if b"event: measures" in block:
                self.counts["measures"] += 1
                self.changed.set()

    async def look(self):
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        ask = f"GET /api/v1/map?model={self.model} HTTP/1.1\r\nHost: bench\r\n\r\n".encode()
        while True:
            await self.changed.wait()
            await asyncio.sleep(REFRESH_LEAST)
            self.changed.clear()
            begin = time.monotonic()
            writer.write(ask)
            head = await reader.readuntil(b"\r\n\r\n")
            size = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
            body = await reader.readexactly(size)
            self.counts["maps" if head.startswith(b"HTTP/1.1 200") else "faults"] += 1
            self.counts["bytes"] += len(head) + len(body)
            self.counts["slowest_ms"] = max(self.counts["slowest_ms"],
                                            1000 * (time.monotonic() - begin))


async def main(port, count, model):
    counts = {"measures": 0, "signals": 0, "maps": 0, "faults": 0, "ended": 0, "bytes": 0,
              "slowest_ms": 0}
    tasks = []
    for _ in range(count):
        viewer = Viewer(port, model, counts)
        tasks += [asyncio.create_task(viewer.follow()), asyncio.create_task(viewer.look())]
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    for task in tasks:
        task.cancel()
    broken = [str(r) for r in await asyncio.gather(*tasks, return_exceptions=True)
              if isinstance(r, Exception)]
    print(json.dumps({**counts, "slowest_ms": round(counts["slowest_ms"]),
                      "cpu": round(time.process_time(), 2), "broken": broken[:3]}))


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]))
