//! A page without scripts, and the policy that allows only its own style.

use askama::Template;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

/// A page and the policy that it needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HtmlPage {
    /// HTML.
    pub html: String,
    /// Value of `Content-Security-Policy`.
    pub security_policy: &'static str,
}

impl HtmlPage {
    /// Fills the template.
    pub fn render(template: &impl Template, security_policy: &'static str) -> Self {
        let html = template.render().expect("writing to a string does not fail");
        Self { html, security_policy }
    }
}

/// Returns the policy of a page with a form: as [`style_policy`], and its forms go to its own origin alone.
pub fn form_policy(style: &str) -> String {
    style_policy(style).replace("form-action 'none'", "form-action 'self'")
}

/// Returns the policy of a page: only this style applies, nothing is loaded, no script runs, and no page may
/// frame it.
pub fn style_policy(style: &str) -> String {
    let hash = STANDARD.encode(Sha256::digest(style.as_bytes()));
    format!(
        "default-src 'none'; style-src 'sha256-{hash}'; base-uri 'none'; form-action 'none'; \
         frame-ancestors 'none'"
    )
}
