//! Masks of personal data.

/// Masks an e-mail: `maria@example.com` becomes `m***@example.com`.
pub(crate) fn mask_email(email: &str) -> String {
    let first: String = email.chars().take(1).collect();
    match email.rsplit_once('@') {
        Some((_, host)) => format!("{first}***@{host}"),
        None => "***".to_owned(),
    }
}
