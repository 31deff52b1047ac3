//! Examples of requests and answers.
//!
//! An example comes from the type (`examples`, or `x-examples` with names), else from the catalogue of
//! events, else it is put together from the fields. An answer about a user shows what the operation
//! did.

use std::collections::BTreeMap;

use domain::event::{Event, EventView};
use gate::CODE_PATTERN;
use serde_json::{Map, Value, json};

use super::walk::referenced;

type Components = Map<String, Value>;

/// Adds an example to each JSON request and answer.
pub(super) fn add(document: &mut Value, events: &[Event]) {
    let Value::Object(mut schemas) = document["components"]["schemas"].take() else { return };
    let named = take_named(&mut schemas);
    add_events(&mut schemas, events);
    let operations = document["paths"].as_object_mut().into_iter().flatten();
    for operation in operations.filter_map(|(_, path)| path.as_object_mut()).flatten() {
        let operation = operation.1;
        let results = results_of(operation["operationId"].as_str().unwrap_or_default());
        if let Some(body) = operation.pointer_mut("/requestBody/content/application~1json") {
            set(body, &schemas, &named, false);
        }
        let responses = operation["responses"].as_object_mut().into_iter().flatten();
        for (status, response) in responses {
            if let Some(body) = response.pointer_mut("/content/application~1json") {
                set(body, &schemas, &named, status == "201");
                if let Some(Value::Object(example)) = body.get_mut("example") {
                    example.extend(results.clone());
                }
            }
        }
    }
    document["components"]["schemas"] = Value::Object(schemas);
}

/// Returns the fields that an operation on a user sets, as its answer shows them.
fn results_of(operation: &str) -> Map<String, Value> {
    let status = match operation {
        "accept_invitation" | "reinstate_user" | "reset_two_factor" => "active",
        "suspend_user" => "suspended",
        _ => return Map::new(),
    };
    let mut results = Map::from_iter([("status".to_owned(), json!(status))]);
    if operation == "reset_two_factor" {
        results.insert("two_factor".to_owned(), json!(false));
    }
    results
}

/// Moves named examples out of the schemas, where only their values can stay.
fn take_named(schemas: &mut Components) -> BTreeMap<String, Value> {
    let mut named = BTreeMap::new();
    for (name, schema) in
        schemas.iter_mut().filter_map(|(name, schema)| Some((name, schema.as_object_mut()?)))
    {
        if let Some(Value::Object(examples)) = schema.remove("x-examples") {
            let values: Vec<_> =
                examples.values().map(|example| example["value"].clone()).collect();
            schema.insert("examples".to_owned(), json!(values));
            named.insert(name.clone(), Value::Object(examples));
        }
    }
    named
}

/// Adds the objects of the catalogue as examples of their schemas: a settled one, and a new one.
fn add_events(schemas: &mut Components, events: &[Event]) {
    let mut shown: BTreeMap<String, Vec<Value>> = BTreeMap::new();
    for event in events {
        let mut generator = crate::describe::Schemas::default().replies;
        let object = domain::catalogue::object_schema(event.kind.object(), &mut generator);
        let name = object.as_object().and_then(referenced).unwrap_or_default().to_owned();
        shown.entry(name).or_default().push(event.object.clone());
    }
    for (name, objects) in shown {
        let settled = |object: &&Value| {
            matches!(object["status"].as_str(), Some("credited" | "paid" | "completed" | "ready"))
        };
        let settled = objects.iter().rfind(settled).or(objects.last()).cloned();
        let examples = settled.into_iter().chain(objects.into_iter().take(1));
        let examples = examples.map(with_payment_url).collect();
        insert(schemas, &name, examples);
    }
    insert(schemas, "Problem", vec![problem()]);
    insert(
        schemas,
        "Event",
        events.iter().map(|event| json!(EventView::from(event))).take(1).collect(),
    );
}

/// Returns the object of an event as answers show it: with the address of the payment page.
fn with_payment_url(mut object: Value) -> Value {
    if let Some(url) = object.get_mut("payment_url") {
        *url = json!(PAYMENT_URL);
    }
    object
}

fn problem() -> Value {
    json!({
        "type": "https://api.example.com/docs/errors#invalid_request",
        "title": "Bad Request",
        "status": 400,
        "code": "invalid_request",
        "detail": "amount_cents: an amount must be 1 to 99999999999 cents",
        "request_id": "req-000042",
        "violations": [{
            "field": "amount_cents",
            "code": "out_of_range",
            "detail": "an amount must be 1 to 99999999999 cents",
        }],
    })
}

fn insert(schemas: &mut Components, name: &str, examples: Vec<Value>) {
    if let Some(schema) = schemas.get_mut(name).and_then(Value::as_object_mut) {
        schema.insert("examples".to_owned(), json!(examples));
    }
}

/// Sets the example of a request or an answer; `is_new` prefers a new object.
fn set(body: &mut Value, schemas: &Components, named: &BTreeMap<String, Value>, is_new: bool) {
    let name = body["schema"].as_object().and_then(referenced);
    if let Some(examples) = name.and_then(|name| named.get(name)) {
        body["examples"] = examples.clone();
    } else if let Some(example) = sample(NO_FIELD, &body["schema"], schemas, is_new) {
        body["example"] = example;
    }
}

/// A field, and the named schema that it belongs to.
#[derive(Clone, Copy)]
struct Field<'a> {
    owner: &'a str,
    name: &'a str,
}

/// Returns an example of a schema that a field has. Returns `None` if a text of it has no example.
fn sample(field: Field<'_>, schema: &Value, schemas: &Components, is_new: bool) -> Option<Value> {
    let first = |name: &str| schema.get(name).and_then(Value::as_array)?.first().cloned();
    if let Some(examples) = schema.get("examples").and_then(Value::as_array) {
        return if is_new { examples.last() } else { examples.first() }.cloned();
    }
    if let Some(name) = schema.as_object().and_then(referenced) {
        return sample(Field { owner: name, ..field }, &schemas[name], schemas, is_new);
    }
    if let Some(value) = schema.get("const").cloned().or_else(|| first("enum")) {
        return Some(value);
    }
    if let Some(choice) = first("anyOf").or_else(|| first("oneOf")) {
        return sample(field, &choice, schemas, is_new);
    }
    let Some(kind) = schema.get("type") else { return Some(json!({})) };
    let nullable = kind.is_array();
    match kind.as_str().or_else(|| kind.get(0)?.as_str())? {
        "object" => object(field.owner, schema, schemas),
        "array" => Some(json!([sample(field, schema.get("items")?, schemas, false)?])),
        "boolean" => Some(json!(true)),
        "integer" => Some(json!(number(field.name, schema))),
        "string" => match text(field, schema) {
            Some(text) => Some(json!(text)),
            None => nullable.then_some(Value::Null),
        },
        _ => None,
    }
}

const NO_FIELD: Field<'_> = Field { owner: "", name: "" };

/// Returns an object with its required fields, or with its first field if none is required.
fn object(owner: &str, schema: &Value, schemas: &Components) -> Option<Value> {
    let Some(fields) = schema.get("properties").and_then(Value::as_object) else {
        return Some(json!({}));
    };
    let required = schema.get("required").and_then(Value::as_array);
    let is_shown = |name: &str| match required {
        Some(required) => required.iter().any(|other| other == name),
        None => fields.keys().next().is_some_and(|first| first == name),
    };
    let shown = fields.iter().filter(|(name, _)| is_shown(name));
    let sampled = shown.map(|(name, schema)| {
        // More pages would need a real cursor.
        let ends = name == "next_cursor";
        let field = Field { owner, name };
        let value = if ends { Some(Value::Null) } else { sample(field, schema, schemas, false) };
        Some((name.clone(), value?))
    });
    sampled.collect::<Option<Map<_, _>>>().map(Value::Object)
}

fn number(field: &str, schema: &Value) -> i64 {
    let minimum = schema.get("minimum").and_then(Value::as_i64).unwrap_or_default();
    match field {
        "overlap_seconds" => 86_400,
        "latency_ms" => 120,
        "monthly_basis_points" => 150,
        // Amounts of an example add up: 49.90 less a fee of 1.99 are 47.91.
        "fee_cents" | "fees_cents" => 199,
        "net_amount_cents" => 4_791,
        "refunded_amount_cents" | "anticipation_fee_cents" => 0,
        field if field.ends_with("_cents") => 4_990,
        _ => minimum.max(1),
    }
}

/// The address of a payment page.
const PAYMENT_URL: &str =
    "https://api.example.com/pay/AZrJ8zQYlUmQdV7bXw2kEgAAAAG3h0Kx5RtYc1uLq8NfPj4s";
/// The end of an example's id.
const ULID: &str = "01KB4Z6Y8RJ2M3N4P5Q6S7T8V9";

/// Texts of fields, where neither format nor pattern gives one. A name with a schema has precedence.
const TEXTS: &[(&str, &str)] = &[
    ("accept_endpoint", "https://api.example.com/v1/invitations/EXAMPLE/accept"),
    ("abatimento", "0.00"),
    ("account_number", "***56-7"),
    ("api_key", "trl_sandbox_4fJ8sK2mQ9xZ_EXAMPLE"),
    ("api_version", "v1"),
    ("bank_code", "341"),
    ("bank_name", "ITAÚ UNIBANCO S.A."),
    ("barcode", "23799755200003700003381260007827139500006330"),
    ("branch", "1234"),
    ("chave", "11222333000181"),
    ("claims", "{\"version\":1,\"stage\":\"live\",\"amount_cents\":4990}"),
    ("current_password", "three plain words"),
    ("day", "2026-11-23"),
    ("desconto", "0.00"),
    ("description", "Order 1042"),
    ("digitable_line", "23793381286000782713695000063305975520000370000"),
    ("document", "***.982.247-**"),
    ("document_masked", "***.982.247-**"),
    ("email", "maria@example.com"),
    ("end_to_end_id", "E60701190202611231200a1B2c3D4e5F"),
    ("events", "charge.paid"),
    ("final", "49.90"),
    ("ip", "203.0.113.7"),
    ("ip_allowlist", "203.0.113.7"),
    ("ispb", "60701190"),
    ("juros", "0.00"),
    ("key_id", "1"),
    ("key", "maria@example.com"),
    ("message", "The receiving account is closed."),
    ("last4", "1001"),
    ("lookup_id", "lku_1.EXAMPLE"),
    ("merchant_name", "Padaria Exemplo"),
    ("multa", "0.00"),
    ("name", "Maria Silva"),
    ("network_code", "AC07"),
    ("new_password", "four other plain words"),
    ("normalized", "maria@example.com"),
    ("number", "52998224725"),
    ("original", "49.90"),
    ("original_end_to_end_id", "E60701190202611231200a1B2c3D4e5F"),
    ("otpauth_url", "otpauth://totp/Trilho:maria@example.com?secret=EXAMPLE&issuer=Trilho"),
    ("password", "three plain words"),
    ("pix_key", "m***@example.com"),
    ("printed_line", "23793.38128 60007.827136 95000.063305 9 75520000370000"),
    ("qr_svg", "<svg xmlns=\"http://www.w3.org/2000/svg\"/>"),
    ("reason_codes", "AB03"),
    ("recovery_codes", "4-7KQ2M-9XJ3P-T8WNA"),
    ("reference", "order-1042"),
    ("request_id", "req-000042"),
    ("return_id", "D60701190202611231200a1B2c3D4e5F"),
    ("secret", "EXAMPLE"),
    ("segment", "energy"),
    ("sha256", "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"),
    ("target", "usr_01KB4Z6Y8RJ2M3N4P5Q6S7T8V9"),
    ("token", "EXAMPLE"),
    ("txid", "01KB4Z6Y8RJ2M3N4P5Q6S7T8V9"),
    ("value", "529.982.247-25"),
    ("url", "https://hooks.example.com/trilho"),
    ("Account.name", "Padaria Exemplo"),
    ("AccountOverview.name", "Padaria Exemplo"),
    ("ApiKey.name", "Shop"),
    ("Bank.name", "ITAÚ UNIBANCO S.A."),
    ("BoletoIssuer.code", "237"),
    ("BoletoIssuer.ispb", "60746948"),
    ("BoletoIssuer.name", "Banco Bradesco S.A."),
    ("CardAnswer.code", "51"),
    ("ChargeScenario.description", "The payment is credited at once."),
    ("ChargeScenario.name", "credited"),
    ("DirectoryStory.description", "The directory does not have the key."),
    ("HealthView.status", "ok"),
    ("Jwk.alg", "EdDSA"),
    ("Jwk.crv", "Ed25519"),
    ("Jwk.kid", "1"),
    ("Jwk.kty", "OKP"),
    ("Jwk.use", "sig"),
    ("Jwk.x", "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"),
    ("BalanceChange.id", "pay_01KB4Z6Y8RJ2M3N4P5Q6S7T8V9"),
    ("BalanceLine.id", "pay_01KB4Z6Y8RJ2M3N4P5Q6S7T8V9"),
    ("Merchant.city", "Sao Paulo"),
    ("Merchant.name", "Padaria Exemplo"),
    ("Merchant.pix_key", "11222333000181"),
    ("NewApiKey.name", "Shop"),
    ("NewWebhookEndpoint.description", "Orders"),
    ("NewWebhookEndpoint.secret", "whsec_EXAMPLE"),
    ("OpenSession.ip", "203.0.113.***"),
    ("PayoutRefusal.code", "insufficient_funds"),
    ("PayoutRefusal.detail", "this needs 5040 cents and 4990 are available"),
    ("PayoutRejection.reason", "Wrong amount"),
    ("Dispute.reason", "suspected_fraud"),
    ("DisputeAnswer.text", "The customer received the goods; the carrier has a signature."),
    ("Evidence.file_name", "canhoto.pdf"),
    ("KycDocument.text", "Fee of our accountant for November."),
    ("KycMessage.text", "Send the invoice."),
    ("FileUpload.method", "PUT"),
    ("FileUpload.url", "https://files.example.com/evidence?X-Amz-Signature=EXAMPLE"),
    ("UploadHeader.name", "content-type"),
    ("UploadHeader.value", "application/pdf"),
    ("network_id", "MED01JD0000000000000000000001"),
    ("PayoutScenario.description", "The payout is paid."),
    ("PayoutScenario.name", "paid"),
    ("PixPayload.status", "ATIVA"),
    ("CurrentState.state_text", "Concluído: o recebedor tem o dinheiro."),
    ("Receipt.state_text", "Concluído: o recebedor tem o dinheiro."),
    ("Receipt.title", "Comprovante de pagamento"),
    (
        "ReceiptProof.code",
        "AQAAAAEBBAAAAAAAAAAAAAAAAAAAAAEAAAAAAAAAAAAARr0M0NxxAAABoiefuwIAAAAAAAAAABqAigtV3TBBTFq4ozgcuvQSib3SxQWb_MusKwF0nBjznfWOYj2UxZIEDBWUtS9xfSuZV8CXj9StIqI0Z7x6HRozw4sKbf7nL1PJtnJDZczhbqoXMZlIxVTfzskqQnyICA",
    ),
    ("ReceiptBank.name", "ITAÚ UNIBANCO S.A."),
    (
        "ReceiptConfirmation.message",
        "Comprovante verdadeiro. Compare os dados abaixo com o documento.",
    ),
    ("RefundScenario.description", "The refund is paid."),
    ("RefundScenario.name", "paid"),
    ("SandboxBankAccount.bank_name", "ITAÚ UNIBANCO S.A."),
    ("SandboxBankAccount.description", "Itaú checks the digit with the branch."),
    ("SandboxBankAccount.number", "12345-1"),
];

/// Returns the example of a text.
fn text(field: Field<'_>, schema: &Value) -> Option<String> {
    match schema.get("format").and_then(Value::as_str) {
        Some("date-time") => return Some("2026-11-23T12:00:00.000Z".to_owned()),
        Some("date") => return Some("2026-11-23".to_owned()),
        _ => {}
    }
    if let Some(pattern) = schema.get("pattern").and_then(Value::as_str)
        && let Some(text) = of_pattern(pattern)
    {
        return Some(text);
    }
    let full = format!("{}.{}", field.owner, field.name);
    let find = |name: &str| TEXTS.iter().find(|(other, _)| *other == name);
    find(&full).or_else(|| find(field.name)).map(|(_, text)| (*text).to_owned())
}

/// Returns a text of the patterns of ids and of two-factor codes.
fn of_pattern(pattern: &str) -> Option<String> {
    if pattern == CODE_PATTERN {
        return Some("123456".to_owned());
    }
    let pattern = pattern.strip_prefix('^')?.strip_suffix('$')?;
    let (prefix, rest) = match pattern.strip_prefix('(') {
        Some(choice) => (choice.split('|').next()?, pattern.split(')').nth(1)?),
        None => pattern.split_at(pattern.find('[')?),
    };
    let end = match rest {
        "[0-7][0-9A-HJKMNP-TV-Z]{25}" => ULID,
        "[0-9A-Za-z]{12}" => "4fJ8sK2mQ9xZ",
        _ => return None,
    };
    Some(format!("{prefix}{end}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_example_is_put_together_from_the_fields() {
        let schemas = json!({
            "Kind": { "type": "string", "enum": ["a", "b"] },
            "Id": { "type": "string", "pattern": "^chg_[0-7][0-9A-HJKMNP-TV-Z]{25}$" },
            "Row": {
                "type": "object",
                "properties": {
                    "id": { "$ref": "#/components/schemas/Id" },
                    "kind": { "anyOf": [{ "$ref": "#/components/schemas/Kind" }, { "type": "null" }] },
                    "amount_cents": { "type": "integer", "minimum": 0 },
                    "note": { "type": ["string", "null"] },
                    "at": { "type": ["string", "null"], "format": "date-time" },
                    "absent": { "type": "string" },
                },
                "required": ["id", "kind", "amount_cents", "note", "at"],
            },
        });
        let schemas = schemas.as_object().expect("schemas");
        let page = json!({
            "type": "object",
            "properties": {
                "data": { "type": "array", "items": { "$ref": "#/components/schemas/Row" } },
                "next_cursor": { "type": ["string", "null"] },
            },
            "required": ["data", "next_cursor"],
        });
        let row = json!({
            "id": "chg_01KB4Z6Y8RJ2M3N4P5Q6S7T8V9", "kind": "a", "amount_cents": 4990,
            "note": null, "at": "2026-11-23T12:00:00.000Z",
        });
        let expected = json!({ "data": [row], "next_cursor": null });
        assert_eq!(sample(NO_FIELD, &page, schemas, false), Some(expected));
    }

    #[test]
    fn an_answer_shows_what_the_operation_did() {
        let user = json!({
            "type": "object",
            "properties": {
                "status": { "type": "string", "enum": ["invited", "active", "suspended"] },
                "two_factor": { "type": "boolean" },
            },
            "required": ["status", "two_factor"],
        });
        for (operation, status, two_factor) in [
            ("find_user", "invited", true),
            ("accept_invitation", "active", true),
            ("suspend_user", "suspended", true),
            ("reinstate_user", "active", true),
            ("reset_two_factor", "active", false),
        ] {
            let content = json!({ "application/json": {
                "schema": { "$ref": "#/components/schemas/User" },
            } });
            let entry = json!({
                "operationId": operation, "responses": { "200": { "content": content } },
            });
            let mut document = json!({
                "paths": { "/": { "post": entry } }, "components": { "schemas": { "User": user } },
            });
            add(&mut document, &[]);
            let answer = &document["paths"]["/"]["post"]["responses"]["200"]["content"];
            let expected = json!({ "status": status, "two_factor": two_factor });
            assert_eq!(answer["application/json"]["example"], expected, "{operation}");
        }
    }

    #[test]
    fn an_example_never_invents_a_text() {
        let schema = json!({
            "type": "object", "properties": { "motto": { "type": "string" } }, "required": ["motto"],
        });
        assert_eq!(sample(NO_FIELD, &schema, &Map::new(), false), None);
    }

    #[test]
    fn an_id_is_made_from_its_pattern() {
        let made = |pattern| of_pattern(pattern).unwrap_or_default();
        assert_eq!(made("^(chg_|pay_)[0-7][0-9A-HJKMNP-TV-Z]{25}$"), format!("chg_{ULID}"));
        assert_eq!(made("^key_[0-9A-Za-z]{12}$"), "key_4fJ8sK2mQ9xZ");
        assert_eq!(made(CODE_PATTERN), "123456");
        assert_eq!(of_pattern("^[0-9A-Za-z]+$"), None);
    }
}
