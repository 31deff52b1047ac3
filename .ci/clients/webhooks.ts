// Checks at compile time that each webhook has the type of its object; nothing here runs.
import type { components, webhooks } from "./api.js";

type Schemas = components["schemas"];
type Body<T extends keyof webhooks> =
  webhooks[T]["post"]["requestBody"]["content"]["application/json"];
export type WebhookEvent = { [T in keyof webhooks]: Body<T> }[keyof webhooks];

type Is<A, B> = A extends B ? true : false;
const statements: [
  Is<Body<"charge.paid">["data"]["object"], Schemas["Charge"]>,
  Is<Body<"refund.rejected">["data"]["object"], Schemas["Refund"]>,
  Is<Body<"payout.returned">["data"]["object"], Schemas["Payout"]>,
  Is<Body<"statement_export.ready">["data"]["object"], Schemas["StatementExport"]>,
  Is<Body<"charge.paid">["type"], "charge.paid">,
  Is<keyof webhooks, Schemas["EventType"]>,
  Is<Schemas["EventType"], keyof webhooks>,
] = [true, true, true, true, true, true, true];

export function describe(event: WebhookEvent): string {
  switch (event.type) {
    case "charge.paid": {
      const status: Schemas["ChargeStatus"] = event.data.object.status;
      const amount: number = event.data.object.paid_amount_cents;
      return `${event.data.object.id} ${status} ${amount}`;
    }
    case "payout.rejected":
      return event.data.object.to.pix_key?.key ?? "to a bank account";
    default:
      return `${event.type} ${event.sequence} ${statements.length}`;
  }
}
