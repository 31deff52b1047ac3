//! `POST /v1/me/two-factor`: begin the enrolment of an authenticator app.

use domain::kernel::{Code, Error};
use edge::{Call, Created, NoInput, Outcome, OwnLogin};
use gate::{enrolment_url, new_secret, secret_base32, totp_context};
use qrcode::QrCode;
use qrcode::render::svg;
use schemars::JsonSchema;
use serde::Serialize;
use store::{Store, Writes};

/// What an authenticator app needs.
#[derive(Serialize, JsonSchema)]
pub struct TwoFactorEnrolment {
    /// For an app on the same device.
    otpauth_url: String,
    /// The same, as a picture for the app's camera.
    qr_svg: String,
    /// The same, to be typed: base32.
    secret: String,
}

/// Keeps a fresh secret, sealed, until its first code confirms it. Starting again replaces it.
pub async fn handle(
    store: &Store,
    call: Call<NoInput, OwnLogin>,
) -> Result<Outcome<Created<TwoFactorEnrolment>>, Error> {
    let user = call.principal.user();
    if user.two_factor {
        return Err(Error::conflict(
            Code::TwoFactorEnrolled,
            "two-factor is enrolled already; another moderator can reset it",
        ));
    }
    let secret = new_secret(&call.moment);
    let context = totp_context(user.id);
    let mut login = call.target.0.clone();
    login.pending_secret = Some(call.peppers.seal(&context, &secret, &call.moment));
    let name = user.email.as_deref().unwrap_or(&user.name);
    let otpauth_url = enrolment_url(&secret, name)
        .ok_or_else(|| Error::internal("the secret makes no otpauth URL"))?;
    let code = QrCode::new(&otpauth_url).map_err(Error::internal)?;
    let qr_svg = code.render::<svg::Color<'_>>().min_dimensions(240, 240).build();
    let reply = TwoFactorEnrolment { otpauth_url, qr_svg, secret: secret_base32(&secret) };
    call.commit(store, Writes::default().replace(&login), Created(reply)).await
}
