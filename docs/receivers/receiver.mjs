// Receives Trilho's events: WEBHOOK_SECRET=whsec_... PORT=8000 node receiver.mjs

import { createServer } from "node:http";
import { Webhook } from "standardwebhooks";

const webhook = new Webhook(process.env.WEBHOOK_SECRET);
const bodyBytesMax = 1024 * 1024;

const server = createServer(async (request, response) => {
  let event;
  try {
    // The signature covers the bytes as received, so verify them before you parse them.
    event = webhook.verify(await bodyOf(request), request.headers);
  } catch {
    response.writeHead(401).end();
    return;
  }
  // This example keeps events in memory. Write the event to your database or queue before the 204,
  // because Trilho does not send an event again after a 2xx.
  response.writeHead(204).end();
  setImmediate(work, event);
});

async function bodyOf(request) {
  const chunks = [];
  let length = 0;
  for await (const chunk of request) {
    length += chunk.length;
    if (length > bodyBytesMax) throw new Error("too large");
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

const seen = new Set();
const last = new Map();

// Processes an accepted event. Put slow work here, because it runs after the answer.
function work(event) {
  if (seen.has(event.id)) return;
  seen.add(event.id);
  const { sequence } = event;
  const about = event.data.object.id;
  const newest = last.get(about) ?? 0;
  if (sequence > newest + 1) {
    console.log(`gap: ${about} was at sequence ${newest}, now ${sequence}`);
  }
  last.set(about, Math.max(newest, sequence));
  console.log(`${event.id} ${event.type} ${about} sequence ${sequence}`);
}

server.listen(Number(process.env.PORT ?? 8000), "127.0.0.1", () => {
  console.log(`listening on http://127.0.0.1:${server.address().port}`);
});
