//! The check of password and code against the logins of an e-mail.

use domain::access::{Login, TwoFactor};
use domain::kernel::Error;
use edge::PublicRequest;
use gate::{accepted_step, is_last_code, totp_context};

use crate::log_in_proof::{LogInFlaw, LogInProof};
use crate::{password, password_set, recovery};

/// What the person sent to prove who they are.
pub(crate) struct PresentedSecrets<'a> {
    pub(crate) password: &'a str,
    pub(crate) totp_code: Option<&'a str>,
    pub(crate) recovery_code: Option<&'a str>,
}

/// The outcome of checking password and code.
pub(crate) enum LogInCheck {
    /// What was wrong, and the logins that were attempted: the logins with this password, or all with a
    /// password if none has this one.
    Wrong(LogInFlaw, Vec<Login>),
    /// One login.
    Correct(Box<ProvenLogin>),
    /// Several logins, of which the person must choose one.
    Several(Vec<Login>),
}

/// The outcome of an attempt.
pub(crate) struct LogInOutcome {
    /// What password and code are good for.
    pub(crate) check: LogInCheck,
    /// The comparison with the other logins of the e-mail, if it is the first of this password. It counts
    /// as a guess at them: else a person who sets passwords in one account could try them on another.
    pub(crate) first_comparison: Option<FirstComparison>,
}

/// The first comparison of a password with all logins of an e-mail.
pub(crate) struct FirstComparison {
    /// Logins with the password, marked as compared.
    pub(crate) matching: Vec<Login>,
    /// Logins with another password.
    pub(crate) others: Vec<Login>,
}

/// A login whose password and code are right.
pub(crate) struct ProvenLogin {
    /// The login after the attempt: without the code, which works once. Replacing it fails if the
    /// password is changed, the code is used or the sessions are ended at the same moment.
    pub(crate) login: Login,
    /// How the person proved who they are.
    pub(crate) proof: LogInProof,
}

/// Checks the credentials. The password and then the code select among the logins.
pub(crate) async fn check_credentials<I>(
    request: &PublicRequest<I>,
    presented: &PresentedSecrets<'_>,
    logins: Vec<Login>,
) -> Result<LogInOutcome, Error> {
    // An account that only invited the person learns nothing of their log-ins elsewhere.
    let (with_password, invited): (Vec<_>, Vec<_>) =
        logins.into_iter().partition(|login| login.password_hash.is_some());
    let hashes = with_password.iter().map(|login| login.password_hash.clone()).collect();
    let matches = password_set::verify_each(hashes, presented.password).await?;
    let compared = with_password.len() > 1;
    let (matching, others): (Vec<_>, Vec<_>) =
        with_password.into_iter().zip(matches).partition(|(_, matches)| *matches);
    let [mut matching, others] = [matching, others]
        .map(|pairs| pairs.into_iter().map(|(login, _)| login).collect::<Vec<_>>());
    if matching.is_empty() {
        let attempted = if others.is_empty() { invited } else { others };
        let check = LogInCheck::Wrong(LogInFlaw::Password, attempted);
        return Ok(LogInOutcome { check, first_comparison: None });
    }
    let is_first = compared && matching.iter().any(|login| !login.is_compared);
    matching.iter_mut().for_each(|login| login.is_compared |= compared);
    let first_comparison = is_first.then(|| FirstComparison { matching: matching.clone(), others });
    let check = check_codes(request, presented, matching).await?;
    Ok(LogInOutcome { check, first_comparison })
}

/// Checks the code against the logins that have the password.
async fn check_codes<I>(
    request: &PublicRequest<I>,
    presented: &PresentedSecrets<'_>,
    logins: Vec<Login>,
) -> Result<LogInCheck, Error> {
    let (enrolled, others): (Vec<_>, Vec<_>) =
        logins.into_iter().partition(|login| login.two_factor.is_some());
    let has_code = presented.totp_code.is_some() || presented.recovery_code.is_some();
    if others.is_empty() && !has_code {
        return Ok(LogInCheck::Wrong(LogInFlaw::CodeMissing, enrolled));
    }
    // A wrong code is a guess, even if another login needs none.
    if enrolled.is_empty() || !has_code {
        return Ok(select(others.into_iter().map(ProvenLogin::by_password).collect()));
    }
    let (mut correct, mut wrong) = (Vec::new(), Vec::new());
    for login in enrolled {
        match check_code(request, presented, &login).await? {
            Ok(proven) => correct.push(proven),
            Err(flaw) => wrong.push((flaw, login)),
        }
    }
    if !correct.is_empty() {
        return Ok(select(correct));
    }
    // The last code of one login, sent again, is a guess at every other.
    let (guesses, others): (Vec<_>, Vec<_>) =
        wrong.into_iter().partition(|(flaw, _)| flaw.is_guess());
    let wrong = if guesses.is_empty() { others } else { guesses };
    let (flaws, logins): (Vec<_>, Vec<_>) = wrong.into_iter().unzip();
    let flaw = flaws.into_iter().next().unwrap_or(LogInFlaw::CodeMissing);
    Ok(LogInCheck::Wrong(flaw, logins))
}

impl ProvenLogin {
    fn by_password(login: Login) -> Self {
        Self { login, proof: LogInProof::Password }
    }
}

/// Returns the only login, or all of them to choose from.
fn select(mut correct: Vec<ProvenLogin>) -> LogInCheck {
    match correct.pop() {
        Some(one) if correct.is_empty() => LogInCheck::Correct(Box::new(one)),
        last => LogInCheck::Several(correct.into_iter().chain(last).map(|one| one.login).collect()),
    }
}

/// Returns the login with the code used up, or what is wrong with the code.
async fn check_code<I>(
    request: &PublicRequest<I>,
    presented: &PresentedSecrets<'_>,
    login: &Login,
) -> Result<Result<ProvenLogin, LogInFlaw>, Error> {
    let mut login = login.clone();
    let Some(two_factor) = &mut login.two_factor else { return Ok(Err(LogInFlaw::CodeMissing)) };
    if let Some(code) = presented.totp_code {
        let context = totp_context(login.user_id);
        let secret = request.peppers().await?.open(&context, &two_factor.sealed_secret)?;
        let (code, last_step) = (code.trim(), two_factor.last_step);
        let step = accepted_step(&secret, code, last_step, request.moment.authenticator_now);
        return Ok(match step {
            Some(step) => {
                two_factor.last_step = step;
                Ok(ProvenLogin { login, proof: LogInProof::Totp })
            }
            None if is_last_code(&secret, code, last_step) => Err(LogInFlaw::TotpUsed),
            None => Err(LogInFlaw::Totp),
        });
    }
    let Some(code) = presented.recovery_code else { return Ok(Err(LogInFlaw::CodeMissing)) };
    let Some((index, code)) = recovery::read(code) else {
        return Ok(Err(LogInFlaw::RecoveryCode));
    };
    if !is_recovery_code(two_factor, index, &code).await? {
        return Ok(Err(LogInFlaw::RecoveryCode));
    }
    two_factor.recovery_hashes[index].clear();
    Ok(Ok(ProvenLogin { login, proof: LogInProof::RecoveryCode }))
}

async fn is_recovery_code(two_factor: &TwoFactor, index: usize, code: &str) -> Result<bool, Error> {
    let hash = two_factor.recovery_hashes.get(index).filter(|hash| !hash.is_empty());
    password::verify(hash.map(String::as_str), code).await
}
