//! The check of password and code against the logins of an e-mail.

use domain::access::{Login, TwoFactor};
use domain::kernel::Error;
use edge::PublicRequest;
use gate::{accepted_step, is_last_code, totp_context};
use store::Writes;

use crate::log_in_attempt::{LogInFlaw, LogInProof};
use crate::{password, password_set, recovery};

/// What the person sent to prove who they are.
pub(crate) struct PresentedSecrets<'a> {
    pub(crate) password: &'a str,
    pub(crate) totp_code: Option<&'a str>,
    pub(crate) recovery_code: Option<&'a str>,
}

/// The outcome of checking password and code.
pub(crate) enum LoginCheck {
    /// What was wrong, and the logins that were attempted: those of the password, or all if it is of
    /// none.
    Wrong(LogInFlaw, Vec<Login>),
    /// One login.
    Correct(Box<ProvenLogin>),
    /// Several logins, of which the person must choose one.
    Several(Vec<Login>),
}

/// A login whose password and code are right.
pub(crate) struct ProvenLogin {
    /// The login.
    pub(crate) login: Login,
    /// How the person proved who they are.
    pub(crate) proof: LogInProof,
    /// Writes that use the code up.
    pub(crate) writes: Writes,
}

/// Checks the credentials. The password and then the code select among the logins.
pub(crate) async fn check_credentials<I>(
    request: &PublicRequest<I>,
    presented: &PresentedSecrets<'_>,
    logins: Vec<Login>,
) -> Result<LoginCheck, Error> {
    let hashes = logins.iter().map(|login| login.password_hash.clone()).collect();
    let matches = password_set::verify_each(hashes, presented.password).await?;
    if !matches.contains(&true) {
        return Ok(LoginCheck::Wrong(LogInFlaw::Password, logins));
    }
    let matching = logins.into_iter().zip(matches).filter(|(_, matches)| *matches);
    let (enrolled, others): (Vec<_>, Vec<_>) =
        matching.map(|(login, _)| login).partition(|login| login.two_factor.is_some());
    let has_code = presented.totp_code.is_some() || presented.recovery_code.is_some();
    if others.is_empty() && !has_code {
        return Ok(LoginCheck::Wrong(LogInFlaw::CodeMissing, enrolled));
    }
    // A wrong code is a guess, even if another login needs none.
    if enrolled.is_empty() || !has_code {
        return Ok(select(others.into_iter().map(ProvenLogin::by_password).collect()));
    }
    let (mut correct, mut flaws) = (Vec::new(), Vec::new());
    for login in &enrolled {
        match check_code(request, presented, login).await? {
            Ok(proven) => correct.push(proven),
            Err(flaw) => flaws.push(flaw),
        }
    }
    if correct.is_empty() {
        // The last code of one login, sent again, is a guess at every other.
        let guess = flaws.iter().copied().find(|flaw| flaw.is_guess());
        let flaw = guess.or(flaws.pop()).unwrap_or(LogInFlaw::Password);
        return Ok(LoginCheck::Wrong(flaw, enrolled));
    }
    Ok(select(correct))
}

impl ProvenLogin {
    fn by_password(login: Login) -> Self {
        // The log-in fails if the password is changed at the same moment.
        let writes = Writes::default().unchanged(&login);
        Self { login, proof: LogInProof::Password, writes }
    }
}

/// Returns the only login, or all of them to choose from.
fn select(mut correct: Vec<ProvenLogin>) -> LoginCheck {
    match correct.pop() {
        Some(one) if correct.is_empty() => LoginCheck::Correct(Box::new(one)),
        last => LoginCheck::Several(correct.into_iter().chain(last).map(|one| one.login).collect()),
    }
}

/// Returns the login with the writes that use the code up, or what is wrong with the code.
async fn check_code<I>(
    request: &PublicRequest<I>,
    presented: &PresentedSecrets<'_>,
    login: &Login,
) -> Result<Result<ProvenLogin, LogInFlaw>, Error> {
    let Some(two_factor) = &login.two_factor else { return Ok(Err(LogInFlaw::CodeMissing)) };
    if let Some(code) = presented.totp_code {
        let context = totp_context(login.user_id);
        let secret = request.peppers().await?.open(&context, &two_factor.sealed_secret)?;
        let (code, last_step) = (code.trim(), two_factor.last_step);
        let step = accepted_step(&secret, code, last_step, request.moment.authenticator_now);
        return Ok(match step {
            Some(step) => {
                let writes = Writes::default().use_code_of(login, step);
                Ok(ProvenLogin { login: login.clone(), proof: LogInProof::Totp, writes })
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
    let mut login = login.clone();
    if let Some(two_factor) = &mut login.two_factor {
        two_factor.recovery_hashes[index].clear();
    }
    // A second use of the code at the same moment fails, because the version of the login changed.
    let writes = Writes::default().replace(&login);
    Ok(Ok(ProvenLogin { login, proof: LogInProof::RecoveryCode, writes }))
}

async fn is_recovery_code(two_factor: &TwoFactor, index: usize, code: &str) -> Result<bool, Error> {
    let hash = two_factor.recovery_hashes.get(index).filter(|hash| !hash.is_empty());
    password::verify(hash.map(String::as_str), code).await
}
