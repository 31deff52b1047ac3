//! `Idempotency-Key`: a request that is sent again gets the same reply, and its change happens once.
//!
//! The transaction of the change also stores the reply. So there is no state "in progress", no lease
//! and no orphan (docs/adr/0004). The reply is sealed, because it can hold a secret that is shown
//! once.

use std::sync::Arc;

use domain::kernel::{AccountId, Code, Error, Moment, UserId};
use gate::{Peppers, sha256_hex};
use jiff::SignedDuration;
use lambda_http::http::StatusCode;
use serde_json::Value;
use store::{Idempotency, Key, SealedReply, Store, compress, decompress};

use crate::incoming::Incoming;
use crate::operation::{IdempotencyPolicy, Operation};
use crate::reply::HttpReply;
use crate::step_up::code_missing;

/// How long a reply about money is stored.
pub const MONEY_RETENTION: SignedDuration = SignedDuration::from_hours(31 * 24);
/// How long any other reply is stored.
pub const OTHER_RETENTION: SignedDuration = SignedDuration::from_hours(24);
const KEY_LENGTH_MAX: usize = 255;

/// The `Idempotency-Key` of a request, with the request's fingerprint.
#[derive(Clone)]
pub(crate) struct IdempotencyContext {
    operation: &'static str,
    retention: SignedDuration,
    key: Option<String>,
    fingerprint: String,
    /// Whether the request has a correct two-factor code.
    with_code: bool,
}

impl IdempotencyContext {
    /// Reads the header and computes the fingerprint of the request. `user_id` is in the text of the
    /// credential; the gate proves it before the fingerprint is compared.
    pub(crate) fn read(
        operation: &Operation,
        incoming: &Incoming,
        user_id: UserId,
    ) -> Result<Self, Error> {
        let (required, retention) = match operation.idempotence {
            IdempotencyPolicy::Money => (true, MONEY_RETENTION),
            IdempotencyPolicy::Accepted => (false, OTHER_RETENTION),
            IdempotencyPolicy::Natural => {
                return Ok(Self {
                    operation: operation.name,
                    retention: OTHER_RETENTION,
                    key: None,
                    fingerprint: String::new(),
                    with_code: false,
                });
            }
        };
        let key = key(incoming)?;
        if key.is_none() && required {
            return Err(Error::Malformed {
                code: Code::IdempotencyKeyMissing,
                detail: "send an Idempotency-Key: a unique text for this request; repeat it when \
                         you retry, so that the money moves once"
                    .to_owned(),
            });
        }
        let fingerprint = match key {
            Some(_) => fingerprint(operation, incoming, user_id)?,
            None => String::new(),
        };
        Ok(Self { operation: operation.name, retention, key, fingerprint, with_code: false })
    }

    /// Notes whether the request has a correct two-factor code.
    pub(crate) fn with_code(self, with_code: bool) -> Self {
        Self { with_code, ..self }
    }

    /// Returns the key of the row with the reply to an earlier request. Returns `None` if the request
    /// has no `Idempotency-Key`.
    pub(crate) fn key(&self, account_id: AccountId) -> Option<Key> {
        self.key.clone().map(|key| Key::Idempotency(account_id, self.operation.to_owned(), key))
    }

    /// Makes the row that stores this reply. Returns `None` if the request has no `Idempotency-Key`.
    pub(crate) fn row(
        &self,
        account_id: AccountId,
        reply: &HttpReply,
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
            status: reply.status.as_u16(),
            sealed: SealedReply::Bytes(peppers.seal_bytes(
                &context,
                &compress(&reply.body),
                moment,
            )),
            with_code: self.with_code,
            expires_at: moment.now + self.retention,
        })
    }

    /// Returns the reply to an earlier request. Returns `None` if the row has expired.
    ///
    /// # Errors
    ///
    /// Refuses a key that was used with another request, and a request without a two-factor code if
    /// the first one took a code: a stored reply is guarded like the change that it is of.
    pub(crate) fn reply(
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
                "another request used this Idempotency-Key; send a new one",
            ));
        }
        if row.with_code && !self.with_code {
            return Err(code_missing());
        }
        let context = context(row.account_id, self.operation, &row.idempotency_key);
        let body = match &row.sealed {
            SealedReply::Bytes(sealed) => decompress(&peppers.open_bytes(&context, sealed)?)?,
            SealedReply::Text(sealed) => peppers.open(&context, sealed)?.to_vec(),
        };
        let status = StatusCode::from_u16(row.status).map_err(Error::internal)?;
        let mut reply = HttpReply::json(status, body);
        reply.headers.push(("idempotent-replayed", "true".to_owned()));
        Ok(Some(reply))
    }
}

/// Reads the stored reply a second time. A batch read is not atomic: another copy of the request may
/// commit after this one read the `Idempotency-Key` and before it read the target.
pub struct IdempotencyLookup {
    key: Key,
    retry: IdempotencyContext,
    peppers: Arc<Peppers>,
    moment: Moment,
}

impl IdempotencyLookup {
    /// Makes the look-up. Returns `None` if the request has no `Idempotency-Key`.
    pub(crate) fn of(
        retry: &IdempotencyContext,
        account_id: AccountId,
        peppers: &Arc<Peppers>,
        moment: &Moment,
    ) -> Option<Self> {
        let key = retry.key(account_id)?;
        let (retry, peppers) = (retry.clone(), Arc::clone(peppers));
        Some(Self { key, retry, peppers, moment: moment.clone() })
    }

    /// Returns the reply to the same request. Returns `None` if there is none.
    pub(crate) async fn reply(&self, store: &Store) -> Result<Option<HttpReply>, Error> {
        match store.read(std::slice::from_ref(&self.key)).await?.pop().flatten() {
            Some(row) => self.retry.reply(row.read()?, &self.peppers, &self.moment),
            None => Ok(None),
        }
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
    // The gateway joins the values of a repeated header with a comma.
    let doubled = key.contains(',') || values.next().is_some();
    if blank || key.len() > KEY_LENGTH_MAX || !printable || doubled {
        return Err(Error::Malformed {
            code: Code::IdempotencyKeyInvalid,
            detail: format!(
                "an Idempotency-Key must have 1 to {KEY_LENGTH_MAX} printable ASCII characters and \
                 no comma; send the header once"
            ),
        });
    }
    Ok(Some(key.to_owned()))
}

/// Returns the SHA-256 of user, method, route, path values and the body in canonical form (RFC 8785),
/// so that order and white space make no difference. The user is part of it, because a reply can
/// hold a secret of its caller: with the `Idempotency-Key` of a colleague, a caller cannot get the
/// colleague's second factor.
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
        detail: format!("the body cannot be compared with another request: {cause}"),
    })?;
    let path = incoming.path.values().collect::<Vec<_>>().join("\n");
    let text = format!("{user_id}\n{}\n{}\n{path}\n{body}", operation.method, operation.path);
    Ok(sha256_hex(text.as_bytes()))
}
