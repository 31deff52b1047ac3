//! The OpenAPI 3.1 document, made from the tables of operations and the types of the handlers
//! (ADR 0006), in the form that generators of clients can read (ADR 0024).

mod examples;
mod paths;
mod plain;
mod tags;
mod walk;

use std::collections::BTreeSet;

use domain::event::{Event, EventView};
use gate::{CODE_PATTERN, CodeDemand, Moderation, Needs};
use schemars::{Schema, SchemaGenerator};
use serde_json::{Map, Value, json};

use crate::describe::{OperationSchema, ReplyBody, Schemas};
use crate::operation::{IdempotencyPolicy, Operation};
use crate::problem::Problem;

/// What a reader needs to know before the first request, in CommonMark.
const DESCRIPTION: &str = "\
Amounts are integer cents (`amount_cents`) in `BRL`. Times are RFC 3339 in UTC. \
Every answer has the header `Request-Id`.\n\n\
**The first steps:** send `Authorization: Bearer <API key>` with every request. \
Create a charge with `POST /v1/charges`. \
In the sandbox, pay it with `POST /v1/sandbox/charges/{id}/pay`. \
Then `GET /v1/charges/{id}` shows it as `credited`, and `GET /v1/balance` shows the money. \
`GET /v1/sandbox/scenarios` lists documents, amounts, Pix keys and bank accounts to try.\n\n\
**Errors** are `application/problem+json`. \
[The list of error codes](/docs/errors) says what to do about each `code`.\n\n\
**People** log in with `POST /v1/sessions`, which sets a cookie. \
Their writes also need the header `X-Requested-With: trilho`.";

/// Returns the document of these operations.
pub fn document(tables: &[&'static [Operation]]) -> Value {
    let mut schemas = Schemas::default();
    schemas.replies.subschema_for::<Problem>();
    let mut paths = Map::new();
    for operation in tables.iter().copied().flatten() {
        let described = (operation.describe)(&mut schemas);
        let values = paths::parameters(operation.path, &mut schemas.replies);
        let path = paths.entry(operation.path).or_insert_with(|| json!({}));
        path[operation.method.as_str().to_ascii_lowercase()] = entry(operation, described, values);
    }
    let events = domain::catalogue::examples();
    let webhooks: Map<_, _> = events
        .iter()
        .map(|example| (example.kind.as_str().to_owned(), webhook(example, &mut schemas.replies)))
        .collect();
    let mut document = json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Trilho",
            "version": env!("CARGO_PKG_VERSION"),
            "summary": "Payment operations for Brazil on your own AWS account.",
            "description": DESCRIPTION,
            "license": { "name": "Apache-2.0", "identifier": "Apache-2.0" },
        },
        "servers": [{ "url": "/" }],
        "tags": tags::all(),
        "paths": paths,
        "webhooks": webhooks,
        "components": {
            "schemas": components(schemas),
            "securitySchemes": {
                "api_key": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "An API key, `^trl_(sandbox|live)_[0-9A-Za-z]{12}_[0-9A-Za-z]{83}$`. \
                        Trilho accepts it only from addresses on its allow-list.",
                },
                "session": {
                    "type": "apiKey",
                    "in": "cookie",
                    "name": "__Host-trilho",
                    "description": "Session of a person. Writes also need the header \
                        `X-Requested-With: trilho`. On http loopback the cookie has the name \
                        `trilho`.",
                },
            },
        },
    });
    plain::rewrite(&mut document);
    examples::add(&mut document, &events);
    document
}

/// Returns the named schemas of inputs and replies.
fn components(mut schemas: Schemas) -> Map<String, Value> {
    let mut components = schemas.inputs.take_definitions(true);
    // An enum, because openapi-python-client skips operations with a constant in a header.
    components.insert(
        "RequestedWith".to_owned(),
        json!({
            "type": "string",
            "enum": ["trilho"],
            "default": "trilho",
            "description": "Value of the header `X-Requested-With`.",
        }),
    );
    for (name, schema) in schemas.replies.take_definitions(true) {
        let other = components.insert(name.clone(), schema.clone());
        assert!(other.is_none_or(|other| other == schema), "two schemas have the name {name}");
    }
    components
}

fn entry(operation: &Operation, described: OperationSchema, path_parameters: Vec<Value>) -> Value {
    let takes_body = matches!(operation.method.as_str(), "POST" | "PUT" | "PATCH");
    let mut parameters = path_parameters;
    parameters.extend(header_parameters(operation));
    if !takes_body {
        parameters.extend(query_parameters(&described.input));
    }
    let mut entry = json!({
        "operationId": operation.name,
        "summary": operation.summary,
        "description": needs(operation.needs),
        "tags": [tags::of(operation.path)],
        "parameters": parameters,
        "responses": responses(operation, &described, takes_body),
        "security": security(operation.needs),
    });
    if takes_body {
        // No body is the same as `{}`, which is valid if no field is required.
        let required = described.input.get("required").is_some();
        entry["requestBody"] = json!({
            "required": required,
            "content": { described.body_type: { "schema": described.named_input } },
        });
    }
    entry
}

/// Describes an event of the catalogue, as an endpoint receives it.
fn webhook(example: &Event, generator: &mut SchemaGenerator) -> Value {
    let object = domain::catalogue::object_schema(example.kind.object(), generator);
    let event = generator.subschema_for::<EventView>();
    let kind = example.kind.as_str();
    let of_kind = json!({
        "type": "object",
        "required": ["type", "data"],
        "properties": {
            "type": { "const": kind },
            "data": { "type": "object", "required": ["object"], "properties": { "object": object } },
        },
    });
    let header = |name: &str, description: &str| {
        json!({
            "name": name, "in": "header", "required": true, "description": description,
            "schema": { "type": "string" },
        })
    };
    json!({ "post": {
        "operationId": kind,
        "summary": example.kind.summary(),
        "tags": [tags::WEBHOOKS],
        // The signature proves the sender.
        "security": [],
        "parameters": [
            header("webhook-id", "Id of the event, the same at each attempt."),
            header("webhook-timestamp", "Time of this attempt, in seconds since 1970."),
            header("webhook-signature", "`v1,` and the HMAC-SHA-256 of id, timestamp and body; \
                during a rotation of the secret two of them, separated by a space."),
        ],
        "requestBody": {
            "required": true,
            "content": { "application/json": {
                "schema": { "allOf": [event, of_kind] },
                "example": EventView::from(example),
            } },
        },
        "responses": {
            "2XX": { "description": "The receiver accepted the event. After any other \
                answer, or none within 15 seconds, Trilho tries again." },
            "410": { "description": "The receiver no longer exists; Trilho disables the endpoint." },
        },
    } })
}

fn header_parameters(operation: &Operation) -> Vec<Value> {
    let mut parameters: Vec<_> = write_header(operation).into_iter().collect();
    let key = |required: bool| {
        let kept = if required { "31 days" } else { "24 hours" };
        json!({
            "name": "Idempotency-Key", "in": "header", "required": required,
            "description": format!("A unique text for this request. Repeat it when you retry; \
                Trilho then repeats the answer. Trilho keeps it for {kept}."),
            "schema": { "type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-+\\--~]([ -+\\--~]*[!-+\\--~])?$" },
        })
    };
    match operation.idempotence {
        IdempotencyPolicy::Money => parameters.push(key(true)),
        IdempotencyPolicy::Accepted if operation.needs != Needs::Public => {
            parameters.push(key(false))
        }
        IdempotencyPolicy::Accepted | IdempotencyPolicy::Natural => {}
    }
    let needs = operation.needs;
    let when = match needs.code_demand() {
        CodeDemand::Never => None,
        CodeDemand::Always if needs.admits_programs() => {
            Some(" Required with a session; an API key needs none.")
        }
        CodeDemand::Always => Some(""),
        CodeDemand::Sometimes => Some(
            " Required if the change gives the right to write or to look up Pix keys, or ends an API key.",
        ),
        CodeDemand::IfEnrolled => Some(" Required if the caller has enrolled two-factor."),
    };
    if let Some(when) = when {
        let always = when.is_empty();
        let mut schema = json!({ "type": "string", "pattern": CODE_PATTERN });
        if needs.admits_programs() {
            // The header of a program is not read, so it may have any form.
            schema = json!({ "type": "string" });
        }
        parameters.push(json!({
            "name": "Two-Factor-Code", "in": "header", "required": always,
            "description": format!("Code of the caller's authenticator; each code works once.{when}"),
            "schema": schema,
        }));
    }
    parameters
}

/// Returns the header that writes with a session need.
fn write_header(operation: &Operation) -> Option<Value> {
    let always = match operation.needs {
        Needs::Public => return None,
        Needs::Person | Needs::PersonWithCode | Needs::Moderator(_) => true,
        Needs::AnyCaller | Needs::Holds(_) | Needs::HoldsWithCode(_) => false,
    };
    let when = if always { "" } else { " Required with a session, not with an API key." };
    (!operation.method.is_safe()).then(|| {
        json!({
            "name": "X-Requested-With", "in": "header", "required": always,
            "description": format!("Shows that no other website sent the request.{when}"),
            "schema": { "$ref": "#/components/schemas/RequestedWith" },
        })
    })
}

fn query_parameters(input: &Schema) -> Vec<Value> {
    let required: BTreeSet<&str> = input
        .get("required")
        .and_then(Value::as_array)
        .map(|names| names.iter().filter_map(Value::as_str).collect())
        .unwrap_or_default();
    let fields = input.get("properties").and_then(Value::as_object);
    fields
        .into_iter()
        .flatten()
        .map(|(name, schema)| {
            let mut schema = schema.clone();
            // A query has no null: a parameter is present or absent.
            if let Some(kinds) = schema.get("type").and_then(Value::as_array) {
                let kind = kinds.iter().find(|kind| *kind != "null").cloned();
                schema["type"] = kind.unwrap_or_else(|| json!("string"));
            }
            let description =
                schema.as_object_mut().and_then(|schema| schema.remove("description"));
            if let Some(one) = schema.get("anyOf").and_then(Value::as_array) {
                schema = one.first().cloned().unwrap_or_else(|| json!({}));
            }
            let required = required.contains(name.as_str());
            json!({
                "name": name, "in": "query", "required": required, "schema": schema,
                "description": description,
            })
        })
        .collect()
}

fn needs(needs: Needs) -> String {
    match needs {
        Needs::Public => "Requires no credential.".to_owned(),
        Needs::AnyCaller => "Requires any valid credential.".to_owned(),
        Needs::Person => "Requires the session of a person.".to_owned(),
        Needs::PersonWithCode => {
            "Requires the session of a person and, if the person has enrolled \
             two-factor, a fresh two-factor code."
                .to_owned()
        }
        Needs::Moderator(Moderation::Reads) => "Requires the session of a moderator.".to_owned(),
        Needs::Moderator(Moderation::Writes) => {
            "Requires the session of a moderator with two-factor.".to_owned()
        }
        Needs::Moderator(Moderation::WithCode) => {
            "Requires the session of a moderator and a fresh two-factor code.".to_owned()
        }
        Needs::Holds(permission) => format!("Requires the permission `{}`.", permission.as_str()),
        Needs::HoldsWithCode(permission) => format!(
            "Requires the permission `{}`, and of a person a fresh two-factor code.",
            permission.as_str()
        ),
    }
}

fn security(needs: Needs) -> Value {
    match needs {
        Needs::Public => json!([]),
        Needs::Person | Needs::PersonWithCode | Needs::Moderator(_) => json!([{ "session": [] }]),
        Needs::AnyCaller | Needs::Holds(_) | Needs::HoldsWithCode(_) => {
            json!([{ "api_key": [] }, { "session": [] }])
        }
    }
}

fn responses(operation: &Operation, described: &OperationSchema, takes_body: bool) -> Value {
    let mut responses = Map::new();
    let mut success = json!({ "description": "The operation succeeded.", "headers": success_headers(operation, described) });
    match &described.reply {
        ReplyBody::Json(schema) => {
            success["content"] = json!({ "application/json": { "schema": schema } });
        }
        ReplyBody::JsonOrFiles(schema, media_types) => {
            let mut content = files(media_types);
            content.insert("application/json".to_owned(), json!({ "schema": schema }));
            success["content"] = Value::Object(content);
        }
        ReplyBody::Files(media_types) => success["content"] = Value::Object(files(media_types)),
        ReplyBody::None => {}
    }
    responses.insert(described.status.to_string(), success);
    if described.is_cacheable {
        let headers = success_headers(operation, described);
        let description = "`If-None-Match` names the present `ETag`; there is no body.";
        responses.insert("304".into(), json!({ "description": description, "headers": headers }));
    }
    for (status, description) in problems(operation, takes_body) {
        let problem = json!({
            "description": description,
            "headers": problem_headers(status),
            "content": { "application/problem+json": {
                "schema": { "$ref": "#/components/schemas/Problem" },
            } },
        });
        responses.insert(status.to_owned(), problem);
    }
    if described.may_redirect {
        let headers = success_headers(operation, described);
        let description = "The form did what it can; `Location` is the page that shows it.";
        responses.insert("303".into(), json!({ "description": description, "headers": headers }));
    }
    if described.is_page {
        let page = json!({
            "description": "The address leads nowhere; a page says so.",
            "headers": success_headers(operation, described),
            "content": { "text/html; charset=utf-8": { "schema": { "type": "string" } } },
        });
        responses.insert("404".into(), page);
    }
    Value::Object(responses)
}

/// Returns the content of files of these media types.
fn files(media_types: &[&str]) -> Map<String, Value> {
    let schema = |media: &&str| ((*media).to_owned(), json!({ "schema": file_schema(media) }));
    media_types.iter().map(schema).collect()
}

/// Returns the schema of a file of this media type.
fn file_schema(media_type: &str) -> Value {
    match media_type {
        "application/json" => json!({ "type": "object", "additionalProperties": true }),
        "image/png" | "application/pdf" => json!({ "type": "string", "format": "binary" }),
        _ => json!({ "type": "string" }),
    }
}

fn header(required: bool, kind: &str, description: &str) -> Value {
    json!({ "required": required, "description": description, "schema": { "type": kind } })
}

fn request_id() -> Value {
    header(true, "string", "Id of the request; it identifies the request in Trilho's log.")
}

fn success_headers(operation: &Operation, described: &OperationSchema) -> Value {
    let mut headers = json!({ "Request-Id": request_id() });
    if described.sets_cookie {
        headers["Set-Cookie"] = header(true, "string", "Cookie with the session token.");
    }
    if described.is_cacheable {
        let policy = "How long a cache may keep the answer; `no-store` if it may not.";
        headers["Cache-Control"] = header(true, "string", policy);
        let tag = "Version of the object, if a cache may keep it. Send it as `If-None-Match`.";
        headers["ETag"] = header(false, "string", tag);
    }
    if operation.idempotence != IdempotencyPolicy::Natural && operation.needs != Needs::Public {
        let description = "`true` if Trilho repeats the answer of an earlier request with this \
            `Idempotency-Key`.";
        headers["Idempotent-Replayed"] = header(false, "string", description);
    }
    headers
}

fn problem_headers(status: &str) -> Value {
    let mut headers = json!({ "Request-Id": request_id() });
    match status {
        "401" => headers["WWW-Authenticate"] = header(true, "string", "`Bearer`."),
        "429" | "503" => {
            headers["Retry-After"] = header(true, "integer", "Time to wait, in seconds.")
        }
        _ => {}
    }
    headers
}

fn problems(operation: &Operation, takes_body: bool) -> Vec<(&'static str, &'static str)> {
    let public = operation.needs == Needs::Public;
    let logs_in = operation.path == "/v1/sessions";
    let mut problems =
        vec![("400", "The request is malformed; `violations` names the wrong fields.")];
    if !public || logs_in {
        problems.push(("401", "The request has no valid credential."));
    }
    let forbidden = if logs_in {
        "The account is closed, a moderator suspended the person, or a browser sent a write from \
         another site."
    } else {
        "The caller lacks a right, the account is closed, or a browser sent a write from another \
         site."
    };
    problems.push(("403", forbidden));
    if operation.path.contains('{') || !public {
        problems.push(("404", "The account has no such object."));
    }
    // A receipt, a slip and an offer of an early payment exist only in some states of their object.
    let of_states =
        ["/receipt", "/slip", "/anticipation"].iter().any(|end| operation.path.ends_with(end));
    let has_states = of_states && !public;
    if takes_body || has_states || operation.method.as_str() == "DELETE" {
        let conflict = if logs_in {
            "E-mail, password and code open several accounts; `accounts` lists them."
        } else {
            "The state of an object does not allow the operation."
        };
        problems.push(("409", conflict));
    }
    if takes_body {
        problems.push(("413", "The body is too large."));
        problems.push(("415", "The body is not JSON."));
    }
    // An offer of an early payment needs a price and an acquirer, and only people have sessions.
    let refuses =
        ["/anticipation", "{id}/sessions"].iter().any(|end| operation.path.ends_with(end));
    if takes_body || refuses {
        problems.push(("422", "Trilho understood the request and refused it."));
    }
    problems.push((
        "429",
        "Too many attempts, or the budget of look-ups is spent; `Retry-After` says how long to wait.",
    ));
    problems
        .push(("503", "Trilho is not available; send the same request again after `Retry-After`."));
    problems
}
