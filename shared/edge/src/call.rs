//! A request that passed the gate, with everything a handler decides from.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use domain::access::{AuditAction, AuditEvent, LoginKey, LoginThrottle};
use domain::account::Stage;
use domain::kernel::{AccountId, AuditId, Code, Error, Id, Moment, UserId};
use files::{FileKey, Link, Links};
use gate::{DestinationScope, Peppers};
use rails::Rails;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use store::{Committed, Item, Listing, Page, Store, Writes};

use crate::app::FILES;
use crate::idempotency::Retry;
use crate::incoming::Path;
use crate::reply::{Listed, Outcome};
use crate::{Operation, Principal, Reply, Secrets, cursor, page};

/// A two-factor code that is right. It is used up with the change it allows, or, when there is no
/// change, on its own: a refusal must not tell a guesser that the code was right and leave it usable.
pub(crate) struct StepUp {
    pub(crate) key: LoginKey,
    pub(crate) step: u64,
    pub(crate) throttle: LoginThrottle,
    pub(crate) spent: AtomicBool,
}

impl StepUp {
    /// Uses the code up. Of guesses sent at once only one is answered: they meet in the delay.
    pub(crate) fn spend(&self, writes: Writes) -> Writes {
        writes.use_code(&self.key, self.step).forget_failures(&self.throttle)
    }
}

pub(crate) fn code_missing() -> Error {
    Error::forbidden(
        Code::TwoFactorCodeMissing,
        "this needs the header Two-Factor-Code with a code of your authenticator",
    )
}

/// A request by a known caller: `I` is what it brings, `T` what it acts on.
pub struct Call<I, T = ()> {
    /// The body or query.
    pub input: I,
    /// What it acts on, read together with the credential.
    pub target: T,
    /// Who calls.
    pub principal: Principal,
    /// The instant.
    pub moment: Moment,
    /// The pepper.
    pub peppers: Arc<Peppers>,
    /// The stage of this deployment.
    pub stage: Stage,
    /// The payment rails, without the power to submit orders.
    pub rails: Rails,
    /// How far webhooks of this deployment reach.
    pub destination_scope: DestinationScope,
    /// Where the API is reached: `https://` and a host.
    pub origin: String,
    /// Whether the session cookie goes without `Secure` (http loopback only).
    pub plain_cookie: bool,
    pub(crate) signing: Arc<Secrets>,
    pub(crate) links: Option<Links>,
    pub(crate) path: Path,
    pub(crate) request_id: String,
    pub(crate) accept: String,
    pub(crate) operation: &'static Operation,
    pub(crate) retry: Retry,
    pub(crate) code: Option<Arc<StepUp>>,
}

impl<I, T> Call<I, T> {
    /// The caller's account.
    pub fn account_id(&self) -> AccountId {
        self.principal.account_id()
    }

    /// The value of `{name}` in the path.
    pub fn path(&self, name: &str) -> &str {
        self.path.value(name)
    }

    /// Whether the caller asks for this media type rather than the default.
    pub fn accepts(&self, media_type: &str) -> bool {
        let wanted = |part: &str| {
            part.split(';').next().is_some_and(|part| part.trim().eq_ignore_ascii_case(media_type))
        };
        self.accept.split(',').any(wanted)
    }

    /// Writes the change, uses up the two-factor code, and keeps the answer for a retry: one
    /// transaction, so none of them can happen without the others.
    pub async fn commit<R: Reply>(
        &self,
        store: &Store,
        writes: Writes,
        reply: R,
    ) -> Result<Outcome<R>, Error> {
        let answer = reply.into_answer();
        let mut writes = writes;
        if let Some(code) = &self.code {
            writes = code.spend(writes);
        }
        let account_id = self.account_id();
        if let Some(row) = self.retry.row(account_id, &answer, &self.peppers, &self.moment) {
            writes = writes.idempotent(&row, self.moment.now);
        }
        match store.commit(writes, &self.moment).await? {
            Committed::Applied => {
                if let Some(code) = &self.code {
                    code.spent.store(true, Ordering::Relaxed);
                }
                Ok(Outcome::new(answer))
            }
            Committed::Replayed(row) => {
                let answer = self.retry.answer(*row, &self.peppers, &self.moment)?;
                // A row that counts as ended would not have failed the condition.
                let answer = answer.ok_or(Error::Stale)?;
                Ok(Outcome::new(answer))
            }
        }
    }

    /// What signing secrets are sealed under.
    pub async fn signing(&self) -> Result<Arc<Peppers>, Error> {
        self.signing.peppers(self.moment.now).await
    }

    /// A link by which whoever has it fetches this file for a quarter of an hour. The key is of the
    /// caller's account, or the caller may not have the file. The browser saves it under `file_name`.
    pub async fn link(
        &self,
        key: &FileKey,
        file_name: &str,
        content_type: &str,
    ) -> Result<Link, Error> {
        let missing = || Error::internal(format!("{FILES} is not set"));
        let links = self.links.as_ref().ok_or_else(missing)?;
        links.link(key, file_name, content_type, self.moment.now).await
    }

    /// Demands a fresh two-factor code, for what a stolen session alone must not do.
    pub fn demand_code(&self) -> Result<(), Error> {
        self.code.as_ref().map(|_| ()).ok_or_else(code_missing)
    }

    /// A line of the audit trail. `before` and `after` hold no secret.
    pub fn audit(
        &self,
        action: AuditAction,
        target: impl ToString,
        before: Value,
        after: Value,
    ) -> AuditEvent {
        AuditEvent {
            id: AuditId::mint(&self.moment),
            account_id: self.account_id(),
            action,
            author: self.principal.author(),
            target: target.to_string(),
            before,
            after,
            request_id: self.request_id.clone(),
            created_at: self.moment.now,
        }
    }

    /// A page of a list, with its sealed cursor. The cursor holds for this list with these filters.
    pub async fn list<R: Item, V>(
        &self,
        store: &Store,
        listing: &Listing,
        limit: Option<u8>,
        cursor: Option<&str>,
        view: impl Fn(R) -> V,
    ) -> Result<Listed<V>, Error> {
        let of = format!("{listing:?}");
        let after = self.read_cursor(&of, cursor)?;
        let page = Page { limit: page::limit(limit)?.into(), after };
        let (rows, ended) = store.list(listing, page).await?;
        let next_cursor = ended.map(|after| self.write_cursor(&of, &after));
        Ok(Listed { data: rows.into_iter().map(view).collect(), next_cursor })
    }

    /// Where a list goes on by its cursor; `of` is the list with its filters.
    pub fn read_cursor<P: DeserializeOwned>(
        &self,
        of: &str,
        cursor: Option<&str>,
    ) -> Result<Option<P>, Error> {
        let list = format!("{} {of}", self.operation.name);
        let read = |cursor| cursor::read(&self.peppers, self.account_id(), &list, cursor);
        cursor.map(read).transpose()
    }

    /// The cursor of where a list goes on.
    pub fn write_cursor<P: Serialize>(&self, of: &str, after: &P) -> String {
        let list = format!("{} {of}", self.operation.name);
        cursor::write(&self.peppers, self.account_id(), &list, after, &self.moment)
    }

    /// A list that always fits one page: its limit is checked like any, and no cursor is of it.
    pub fn list_of_one_page<V>(
        &self,
        limit: Option<u8>,
        cursor: Option<&str>,
        data: Vec<V>,
    ) -> Result<Listed<V>, Error> {
        page::limit(limit)?;
        match cursor {
            Some(_) => Err(cursor::invalid()),
            None => Ok(Listed { data, next_cursor: None }),
        }
    }

    /// Refuses a change of the caller's own access.
    pub fn not_own(&self, user_id: UserId) -> Result<(), Error> {
        if user_id != self.principal.user_id() {
            return Ok(());
        }
        Err(Error::forbidden(
            Code::OwnAccess,
            "nobody changes their own access; ask another moderator",
        ))
    }
}
