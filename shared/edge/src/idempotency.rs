//! `Idempotency-Key`: the same request sent again gets the same answer, and happens once.
//!
//! The answer is stored in the transaction that makes it true, so there is no state "in progress",
//! no lease and no orphan (docs/adr/0004). It is sealed, because it can hold a secret shown once.

use domain::kernel::{AccountId, Code, Error, Moment, UserId};
use gate::{Peppers, sha256_hex};
use jiff::SignedDuration;
use lambda_http::http::StatusCode;
use serde_json::Value;
use store::{Idempotency, Key};

use crate::incoming::Incoming;
use crate::{HttpReply, Idempotence, Operation};

/// How long an answer about money is kept.
pub const MONEY_RETENTION: SignedDuration = SignedDuration::from_hours(31 * 24);
/// How long any other answer is kept.
pub const OTHER_RETENTION: SignedDuration = SignedDuration::from_hours(24);
const KEY_LENGTH_MAX: usize = 255;

/// What a request says about being a retry.
#[derive(Clone)]
pub(crate) struct Retry {
    operation: &'static str,
    retention: SignedDuration,
    key: Option<String>,
    fingerprint: String,
}

impl Retry {
    /// Reads the header and takes the request's fingerprint. `user_id` is the one the credential
    /// claims; the gate has proved it before the fingerprint is compared.
    pub(crate) fn read(
        operation: &Operation,
        incoming: &Incoming,
        user_id: UserId,
    ) -> Result<Self, Error> {
        let (required, retention) = match operation.idempotence {
            Idempotence::Money => (true, MONEY_RETENTION),
            Idempotence::Accepted => (false, OTHER_RETENTION),
            Idempotence::Natural => {
                return Ok(Self {
                    operation: operation.name,
                    retention: OTHER_RETENTION,
                    key: None,
                    fingerprint: String::new(),
                });
            }
        };
        let key = key(incoming)?;
        if key.is_none() && required {
            return Err(Error::Malformed {
                code: Code::IdempotencyKeyMissing,
                detail:
                    "send an Idempotency-Key: any text of your own that names this request, so \
                         that a retry cannot ask for the money twice"
                        .to_owned(),
            });
        }
        let fingerprint = match key {
            Some(_) => fingerprint(operation, incoming, user_id)?,
            None => String::new(),
        };
        Ok(Self { operation: operation.name, retention, key, fingerprint })
    }

    /// Where the answer of an earlier request would be.
    pub(crate) fn key(&self, account_id: AccountId) -> Option<Key> {
        self.key.clone().map(|key| Key::Idempotency(account_id, self.operation.to_owned(), key))
    }

    /// The row that keeps this answer.
    pub(crate) fn row(
        &self,
        account_id: AccountId,
        answer: &HttpReply,
        peppers: &Peppers,
        moment: &Moment,
    ) -> Option<Idempotency> {
        let key = self.key.clone()?;
        let context = context(account_id, self.operation, &key);
        Some(Idempotency {
            account_id,
            operation: self.operation.to_owned(),
            idempotency_key: key,
            fingerprint: self.fingerprint.clone(),
            status: answer.status.as_u16(),
            sealed_body: peppers.seal(&context, &answer.body, moment),
            expires_at: moment.now + self.retention,
        })
    }

    /// The answer an earlier request got; none when its time is over.
    pub(crate) fn answer(
        &self,
        row: Idempotency,
        peppers: &Peppers,
        moment: &Moment,
    ) -> Result<Option<HttpReply>, Error> {
        if row.expires_at <= moment.now {
            return Ok(None);
        }
        if row.fingerprint != self.fingerprint {
            return Err(Error::refused(
                Code::IdempotencyKeyReused,
                "this Idempotency-Key was used with another request; use a new one",
            ));
        }
        let context = context(row.account_id, self.operation, &row.idempotency_key);
        let body = peppers.open(&context, &row.sealed_body)?;
        let status = StatusCode::from_u16(row.status).map_err(Error::internal)?;
        let mut answer = HttpReply::json(status, body.to_vec());
        answer.headers.push(("idempotent-replayed", "true".to_owned()));
        Ok(Some(answer))
    }
}

fn context(account_id: AccountId, operation: &str, key: &str) -> String {
    format!("reply:{account_id}:{operation}:{key}")
}

fn key(incoming: &Incoming) -> Result<Option<String>, Error> {
    let mut values = incoming.headers.get_all("idempotency-key").iter();
    let Some(value) = values.next() else {
        return Ok(None);
    };
    let key = value.to_str().unwrap_or_default();
    let printable = key.bytes().all(|byte| (0x20..=0x7e).contains(&byte));
    let blank = key.trim().is_empty();
    // The gateway joins a header that was sent twice with a comma.
    let doubled = key.contains(',') || values.next().is_some();
    if blank || key.len() > KEY_LENGTH_MAX || !printable || doubled {
        return Err(Error::Malformed {
            code: Code::IdempotencyKeyInvalid,
            detail: format!(
                "an Idempotency-Key is 1 to {KEY_LENGTH_MAX} printable ASCII characters without a \
                 comma, sent once"
            ),
        });
    }
    Ok(Some(key.to_owned()))
}

/// SHA-256 of user, method, route, path values and the body in canonical form (RFC 8785), so that
/// order and white space make no difference. The user is part of it because an answer can hold what
/// only its own caller may see: under a colleague's key nobody gets the colleague's second factor.
fn fingerprint(
    operation: &Operation,
    incoming: &Incoming,
    user_id: UserId,
) -> Result<String, Error> {
    let body = incoming.json()?;
    let body: Value = if body.is_empty() {
        Value::Object(serde_json::Map::new())
    } else {
        serde_json::from_slice(body).map_err(|cause| Error::Malformed {
            code: Code::MalformedJson,
            detail: format!("the body is not JSON: {cause}"),
        })?
    };
    let body = serde_json_canonicalizer::to_string(&body).map_err(|cause| Error::Malformed {
        code: Code::MalformedJson,
        detail: format!("the body has no canonical form: {cause}"),
    })?;
    let path = incoming.path.values().collect::<Vec<_>>().join("\n");
    let text = format!("{user_id}\n{}\n{}\n{path}\n{body}", operation.method, operation.path);
    Ok(sha256_hex(text.as_bytes()))
}
