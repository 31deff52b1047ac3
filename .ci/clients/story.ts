// The story that a client by openapi-typescript and openapi-fetch plays against the bundle.
import createClient from "openapi-fetch";
import type { components, paths } from "./api.js";

declare const process: { env: Record<string, string | undefined> };

type Schemas = components["schemas"];

const baseUrl = process.env["BASE_URL"] ?? "";
const headers = { Authorization: `Bearer ${process.env["API_KEY"]}` };
const client = createClient<paths>({ baseUrl, headers });

let keys = 0;
const key = () => ({ "Idempotency-Key": `typescript-${(keys += 1)}` });

function equal<T>(found: T, expected: T): void {
  if (JSON.stringify(found) !== JSON.stringify(expected)) {
    throw new Error(`${JSON.stringify(found)} is not ${JSON.stringify(expected)}`);
  }
}

function got<T>(answer: { data?: T; error?: unknown; response: Response }): T {
  if (answer.data === undefined) {
    throw new Error(`${answer.response.status} ${JSON.stringify(answer.error)}`);
  }
  return answer.data;
}

const payer: Schemas["NewPayer"] = {
  name: "Maria Silva",
  document: { type: "cpf", number: "529.982.247-25" },
};
const charge = got(
  await client.POST("/v1/charges", {
    params: { header: key() },
    body: { method: "pix", amount_cents: 10_000, payer },
  }),
);
equal<Schemas["ChargeStatus"]>(charge.status, "pending");

const path = { id: charge.id };
const paid = got(await client.POST("/v1/sandbox/charges/{id}/pay", { params: { path } }));
equal<Schemas["ChargeStatus"]>(paid.status, "credited");

const picture = await client.GET("/v1/charges/{id}/qr-code", {
  params: { path, query: { format: "png" } },
  parseAs: "arrayBuffer",
});
const bytes: ArrayBuffer = got(picture);
equal([...new Uint8Array(bytes.slice(1, 4))], [0x50, 0x4e, 0x47]);

const refused = await client.POST("/v1/charges", {
  params: { header: key() },
  body: { method: "pix", amount_cents: 0, payer: { ...payer, name: "" } },
});
const problem: Schemas["Problem"] | undefined = refused.error;
equal(problem?.code, "invalid_request");
const violations = problem?.violations.map(({ field, code }) => `${field} ${code}`);
equal(violations?.sort(), ["amount_cents out_of_range", "payer.name wrong_length"]);

const page: Schemas["ChargePage"] = got(
  await client.GET("/v1/charges", { params: { query: { status: "credited", limit: 1 } } }),
);
equal(page.data.length, 1);
equal(page.data[0]?.id, charge.id);

const refund = got(
  await client.POST("/v1/charges/{id}/refunds", {
    params: { path, header: key() },
    body: { amount_cents: 1_000, reason: "One of two items came back" },
  }),
);
equal(refund.charge_id, charge.id);

const scenarios = got(await client.GET("/v1/sandbox/scenarios"));
const ted = scenarios.bank_accounts.find(({ method }) => method === "ted");
if (!ted) throw new Error("the sandbox has no bank account for a TED");
const { bank_code, branch, number, type } = ted;
const payout = got(
  await client.POST("/v1/payouts", {
    params: { header: key() },
    body: {
      amount_cents: 1_000,
      to: { bank_account: { bank_code, branch, number, type } },
      beneficiary: payer,
    },
  }),
);
equal<Schemas["PayoutMethod"]>(payout.method, "ted");

const balance = got(await client.GET("/v1/balance"));
equal<Schemas["Currency"]>(balance.currency, "BRL");

const unknown = await client.GET("/v1/payouts/{id}", { params: { path: { id: charge.id } } });
equal(unknown.error?.code, "not_found");
