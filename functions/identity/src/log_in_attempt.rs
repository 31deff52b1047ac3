//! An attempt to log in, in the audit trail and in the count of failures.

use std::net::IpAddr;

use domain::access::{AuditAction, AuditEvent, Author, Login};
use domain::kernel::{AuditId, Id, Moment, mask_address};
use edge::PublicRequest;
use serde_json::{Value, json};
use store::{Writes, unknown_account};

use crate::log_in_check::FirstComparison;
use crate::log_in_limits::LogInLimits;
use crate::log_in_proof::{LogInFlaw, LogInProof};

/// Maximum number of accounts whose audit trail shows a failed attempt.
const REFUSED_LINES_MAX: usize = 5;

/// An attempt to log in.
pub(crate) struct LogInAttempt<'a> {
    email: &'a str,
    ip: IpAddr,
    request_id: &'a str,
    moment: &'a Moment,
}

impl<'a> LogInAttempt<'a> {
    /// Returns the attempt of this request with this e-mail.
    pub(crate) fn of<I>(request: &'a PublicRequest<I>, email: &'a str) -> Self {
        Self { email, ip: request.ip, request_id: &request.request_id, moment: &request.moment }
    }

    /// Returns the audit line of an attempt that opens a session.
    pub(crate) fn opened(&self, login: &Login, proof: LogInProof) -> AuditEvent {
        // A login of before names were stored has none.
        let name =
            if login.user_name.is_empty() { masked(self.email) } else { login.user_name.clone() };
        let author = Author::user(login.user_id, name, self.ip.to_string());
        self.line(AuditAction::SessionOpened, author, Some(login), json!({ "proof": proof }))
    }

    /// Returns the writes of an attempt that is right for several accounts. Of guesses at the same moment
    /// one is answered, although this one was right.
    pub(crate) fn undecided(
        &self,
        limits: LogInLimits,
        first_comparison: Option<&FirstComparison>,
    ) -> Writes {
        match first_comparison {
            None => limits.unchanged(),
            some => self.compared(limits.count_failure(self.moment.now), some, None),
        }
    }

    /// Returns the writes of an attempt that opens no session: the count of failures, and a line in
    /// the audit trail of each account that was attempted. An attempt that is no guess changes no count,
    /// and writes it again, so that of guesses at the same moment one is answered. An unknown e-mail
    /// costs the same writes as one of a single account.
    pub(crate) fn refused(
        &self,
        limits: LogInLimits,
        logins: &[Login],
        flaw: LogInFlaw,
        first_comparison: Option<&FirstComparison>,
    ) -> Writes {
        if !flaw.is_guess() && first_comparison.is_none() {
            return limits.unchanged();
        }
        let writes = limits.count_failure(self.moment.now);
        let writes = self.compared(writes, first_comparison, None);
        if !flaw.is_guess() {
            return writes;
        }
        // Of several accounts none learns the whole address: the attempt can be meant for another.
        match logins.len() > 1 {
            true => self.refused_lines(writes, logins, flaw, &mask_address(self.ip)),
            false => self.refused_lines(writes, logins, flaw, &self.ip.to_string()),
        }
    }

    /// Adds the steps of the first comparison of a password: the marks of the logins that have it, except
    /// `opened`, and a line in the audit trail of each account of the others.
    pub(crate) fn compared(
        &self,
        writes: Writes,
        first_comparison: Option<&FirstComparison>,
        opened: Option<&Login>,
    ) -> Writes {
        let Some(FirstComparison { matching, others }) = first_comparison else { return writes };
        let is_opened =
            |login: &Login| opened.is_some_and(|opened| opened.account_id == login.account_id);
        let marked = matching.iter().filter(|login| !is_opened(login));
        let writes = marked.fold(writes, Writes::replace);
        match others.is_empty() {
            true => writes,
            false => {
                self.refused_lines(writes, others, LogInFlaw::Password, &mask_address(self.ip))
            }
        }
    }

    /// Adds a line to the audit trail of each account that was attempted; `ip` is what it shows of the
    /// address.
    fn refused_lines(&self, writes: Writes, logins: &[Login], flaw: LogInFlaw, ip: &str) -> Writes {
        let line = |login: Option<&Login>| {
            let author = Author::stranger(masked(self.email), ip.to_owned());
            self.line(AuditAction::SessionRefused, author, login, json!({ "wrong": flaw }))
        };
        let known = logins.iter().take(REFUSED_LINES_MAX).map(Some);
        let unknown = logins.is_empty().then_some(None);
        known.chain(unknown).fold(writes, |writes, login| writes.create(&line(login)))
    }

    fn line(
        &self,
        action: AuditAction,
        author: Author,
        login: Option<&Login>,
        after: Value,
    ) -> AuditEvent {
        AuditEvent {
            id: AuditId::mint(self.moment),
            account_id: login.map_or_else(unknown_account, |login| login.account_id),
            action,
            author,
            target: login
                .map_or_else(|| unknown_account().to_string(), |login| login.user_id.to_string()),
            before: Value::Null,
            after,
            request_id: self.request_id.to_owned(),
            created_at: self.moment.now,
        }
    }
}

/// Returns the first character and the domain of an e-mail.
fn masked(email: &str) -> String {
    let (local, domain) = email.trim().split_once('@').unwrap_or_default();
    let first: String = local.chars().take(1).collect();
    format!("{first}***@{domain}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_masked_email_has_its_first_character_and_its_domain() {
        assert_eq!(masked(" maria@example.com"), "m***@example.com");
        assert_eq!(masked("ção@example.com"), "ç***@example.com");
        assert_eq!(masked("maria"), "***@");
    }
}
