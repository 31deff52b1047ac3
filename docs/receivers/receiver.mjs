// Receives Trilho's events: WEBHOOK_SECRET=whsec_... PORT=8000 node receiver.mjs

import { createServer } from "node:http";
import { Webhook } from "standardwebhooks";

const webhook = new Webhook(process.env.WEBHOOK_SECRET);
const bodyBytesMax = 1024 * 1024;

const server = createServer(async (request, response) => {
  let event;
  try {
    // The signature is over the bytes that came: they are verified before anybody reads them.
    event = webhook.verify(await bodyOf(request), request.headers);
  } catch {
    response.writeHead(401).end();
    return;
  }
  // Memory is enough for an example: write it to a database or a queue of yours before the 204,
  // because what was answered is not sent again.
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

// Whatever takes long goes here, after the answer.
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
