//! A request that the gate allowed, with everything that a handler needs to decide.

use std::sync::Arc;

use domain::access::{AuditAction, AuditEvent, Login, LoginThrottle};
use domain::account::Stage;
use domain::kernel::{AccountId, AuditId, ChargeId, Code, Error, Id, Moment, UserId};
use files::{FileKey, Link, Links, UploadLink, UploadTerms};
use gate::{DestinationScope, Peppers};
use rails::Rails;
use runtime::{FILES, Secrets};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use store::{Committed, Item, Listing, Page, Store, Writes};

use crate::idempotency::IdempotencyContext;
use crate::incoming::Path;
use crate::operation::Operation;
use crate::principal::Principal;
use crate::reply::{ListPage, Outcome, Reply};
use crate::step_up::{StepUp, code_missing, count_failure};
use crate::{accept, cursor, page, payment_page};

/// A request by an authorized caller: `I` is its input, `T` the object that it acts on.
pub struct Call<I, T = ()> {
    /// The body or query.
    pub input: I,
    /// The object that it acts on, read together with the credential.
    pub target: T,
    /// The caller.
    pub principal: Principal,
    /// The moment of the decision.
    pub moment: Moment,
    /// The pepper.
    pub peppers: Arc<Peppers>,
    /// Stage of this deployment.
    pub stage: Stage,
    /// The payment rails, without the power to submit orders.
    pub rails: Rails,
    /// Destinations to which webhooks of this deployment may go.
    pub destination_scope: DestinationScope,
    /// Origin of the API: `https://` and a host.
    pub origin: String,
    /// Whether the session cookie has no `Secure` (http loopback only).
    pub plain_cookie: bool,
    pub(crate) signing: Arc<Secrets>,
    pub(crate) receipt_signing: Arc<Secrets>,
    pub(crate) links: Option<Links>,
    pub(crate) path: Path,
    pub(crate) request_id: String,
    pub(crate) accept: String,
    pub(crate) operation: &'static Operation,
    pub(crate) retry: IdempotencyContext,
    pub(crate) code: Option<Arc<StepUp>>,
}

impl<I, T> Call<I, T> {
    /// Returns the same call with another input.
    pub fn with_input<J>(self, input: J) -> Call<J, T> {
        Call {
            input,
            target: self.target,
            principal: self.principal,
            moment: self.moment,
            peppers: self.peppers,
            stage: self.stage,
            rails: self.rails,
            destination_scope: self.destination_scope,
            origin: self.origin,
            plain_cookie: self.plain_cookie,
            signing: self.signing,
            receipt_signing: self.receipt_signing,
            links: self.links,
            path: self.path,
            request_id: self.request_id,
            accept: self.accept,
            operation: self.operation,
            retry: self.retry,
            code: self.code,
        }
    }

    /// Returns the id of the request.
    pub fn request_id(&self) -> &str {
        &self.request_id
    }

    /// Returns the account of the caller.
    pub fn account_id(&self) -> AccountId {
        self.principal.account_id()
    }

    /// Returns the value of `{name}` in the path.
    pub fn path(&self, name: &str) -> &str {
        self.path.value(name)
    }

    /// Returns true if `Accept` prefers this media type to the default one, by weight (RFC 9110, 12.5.1).
    pub fn prefers(&self, media_type: &str, default: &str) -> bool {
        accept::prefers(&self.accept, media_type, default)
    }

    /// Returns the address of a charge's payment page.
    pub fn payment_url(&self, charge_id: ChargeId) -> String {
        payment_page::url(&self.origin, &self.peppers, charge_id)
    }

    /// Returns the media type that `Accept` prefers, or the first one.
    pub fn preferred<'a>(&self, media_types: &[&'a str]) -> &'a str {
        accept::preferred(&self.accept, media_types)
    }

    /// Writes the change, uses up the two-factor code and stores the reply for a retry. All are in
    /// one transaction, so that none can happen without the others.
    pub async fn commit<R: Reply>(
        &self,
        store: &Store,
        writes: Writes,
        reply: R,
    ) -> Result<Outcome<R>, Error> {
        let writes = self.code.iter().fold(writes, |writes, code| code.spend(writes));
        self.commit_spent(store, writes, reply).await
    }

    /// Writes the change together with a change of the caller's own login. Both this change and the
    /// two-factor code write the row of the login, so they are one step.
    pub async fn commit_own_login<R: Reply>(
        &self,
        store: &Store,
        writes: Writes,
        login: Login,
        reply: R,
    ) -> Result<Outcome<R>, Error> {
        let writes = match &self.code {
            Some(code) => code.spend_in(writes, login),
            None => writes.replace(&login),
        };
        self.commit_spent(store, writes, reply).await
    }

    /// Writes one of several changes of a request that takes many objects. The first change uses the
    /// two-factor code up. No reply is stored: the operation is `repeatable`, and repeating it changes
    /// nothing that is done.
    pub async fn commit_part(&self, store: &Store, writes: Writes) -> Result<(), Error> {
        let unspent = self.code.iter().filter(|code| !code.is_spent());
        let writes = unspent.fold(writes, |writes, code| code.spend(writes));
        store.commit(writes, &self.moment).await?;
        self.code.iter().for_each(|code| code.set_spent());
        Ok(())
    }

    /// Counts a wrong password or code of the caller like a wrong two-factor code, and writes its line to
    /// the audit trail; `wrong` names what was wrong. Uses the code of the request up. Returns the error
    /// for the caller: of attempts at the same moment one gets its refusal.
    pub async fn count_failed_attempt(
        &self,
        store: &Store,
        throttle: LoginThrottle,
        wrong: &str,
        refusal: Error,
    ) -> Error {
        let after = json!({ "operation": self.operation.name, "wrong": wrong });
        let user_id = self.principal.user_id();
        let line = self.audit(AuditAction::StepUpRefused, user_id, Value::Null, after);
        let writes = Writes::default();
        let writes = self.code.iter().fold(writes, |writes, code| code.spend_code(writes));
        match count_failure(store, throttle, &line, writes, &self.moment).await {
            Ok(()) => {
                self.code.iter().for_each(|code| code.set_spent());
                refusal
            }
            Err(error) => error,
        }
    }

    /// Writes steps that have used the code up, and stores the reply for a retry.
    async fn commit_spent<R: Reply>(
        &self,
        store: &Store,
        writes: Writes,
        reply: R,
    ) -> Result<Outcome<R>, Error> {
        let reply = reply.into_reply();
        let mut writes = writes;
        let account_id = self.account_id();
        if let Some(row) = self.retry.row(account_id, &reply, &self.peppers, &self.moment) {
            writes = writes.idempotent(&row, self.moment.now);
        }
        match store.commit(writes, &self.moment).await? {
            Committed::Applied => {
                if let Some(code) = &self.code {
                    code.set_spent();
                }
                Ok(Outcome::new(reply))
            }
            Committed::Replayed(row) => {
                let stored = self.retry.reply(*row, &self.peppers, &self.moment)?;
                // An expired row would not have failed the condition.
                let stored = stored.ok_or(Error::Stale)?;
                Ok(Outcome::new(stored))
            }
        }
    }

    /// Returns the secret that seals signing secrets.
    pub async fn signing(&self) -> Result<Arc<Peppers>, Error> {
        self.signing.peppers(self.moment.now).await
    }

    /// Returns the secret that signs receipts.
    pub async fn receipt_signing(&self) -> Result<Arc<Peppers>, Error> {
        self.receipt_signing.peppers(self.moment.now).await
    }

    /// Makes a link that anyone can use to download this file for 15 minutes. The key must be of the
    /// caller's account. The browser saves the file as `file_name`.
    pub async fn link(
        &self,
        key: &FileKey,
        file_name: &str,
        content_type: &str,
    ) -> Result<Link, Error> {
        self.links()?.link(key, file_name, content_type, self.moment.now).await
    }

    /// Makes a link that anyone can use to upload this file, and no other, for 15 minutes. The key must be of the
    /// caller's account.
    pub async fn upload_link(
        &self,
        key: &FileKey,
        terms: UploadTerms<'_>,
    ) -> Result<UploadLink, Error> {
        self.links()?.upload_link(key, terms, self.moment.now).await
    }

    fn links(&self) -> Result<&Links, Error> {
        self.links.as_ref().ok_or_else(|| Error::internal(format!("{FILES} is not set")))
    }

    /// Demands a fresh two-factor code, for changes that a stolen session alone must not make.
    pub fn demand_code(&self) -> Result<(), Error> {
        self.code.as_ref().map(|_| ()).ok_or_else(code_missing)
    }

    /// Makes a line of the audit trail. `before` and `after` must hold no secret.
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

    /// Reads a page of a list, with its sealed cursor. The cursor is valid for this list with these
    /// filters only.
    pub async fn list<R: Item, V>(
        &self,
        store: &Store,
        listing: &Listing,
        limit: Option<u8>,
        cursor: Option<&str>,
        view: impl Fn(R) -> V,
    ) -> Result<ListPage<V>, Error> {
        let of = format!("{listing:?}");
        let after = self.read_cursor(&of, cursor)?;
        let page = Page { limit: page::limit(limit)?.into(), after };
        let (rows, ended) = store.list(listing, page).await?;
        let next_cursor = ended.map(|after| self.write_cursor(&of, &after));
        Ok(ListPage { data: rows.into_iter().map(view).collect(), next_cursor })
    }

    /// Opens a cursor and returns the position after which the list continues; `of` is the list with
    /// its filters.
    pub fn read_cursor<P: DeserializeOwned>(
        &self,
        of: &str,
        cursor: Option<&str>,
    ) -> Result<Option<P>, Error> {
        let list = format!("{} {of}", self.operation.name);
        let read = |cursor| cursor::read(&self.peppers, self.account_id(), &list, cursor);
        cursor.map(read).transpose()
    }

    /// Seals the position after which a list continues as a cursor.
    pub fn write_cursor<P: Serialize>(&self, of: &str, after: &P) -> String {
        let list = format!("{} {of}", self.operation.name);
        cursor::write(&self.peppers, self.account_id(), &list, after, &self.moment)
    }

    /// Returns a list that always fits one page. Checks the limit, and refuses every cursor.
    pub fn list_of_one_page<V>(
        &self,
        limit: Option<u8>,
        cursor: Option<&str>,
        data: Vec<V>,
    ) -> Result<ListPage<V>, Error> {
        page::limit(limit)?;
        match cursor {
            Some(_) => Err(cursor::invalid()),
            None => Ok(ListPage { data, next_cursor: None }),
        }
    }

    /// Refuses a change of the caller's own access.
    pub fn not_own(&self, user_id: UserId) -> Result<(), Error> {
        if user_id != self.principal.user_id() {
            return Ok(());
        }
        Err(Error::forbidden(
            Code::OwnAccess,
            "you cannot change your own access; ask another moderator",
        ))
    }
}
