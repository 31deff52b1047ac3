//! `POST /v1/me/two-factor`: start the enrolment of an authenticator app.

use domain::kernel::{Code, Error};
use edge::{Call, Created, NoInput, Outcome, OwnLogin};
use gate::{enrolment_url, new_secret, secret_base32, totp_context};
use qrcode::QrCode;
use qrcode::render::svg;
use schemars::JsonSchema;
use serde::Serialize;
use store::{Store, Writes};

/// Secret for an authenticator app, in three forms.
#[derive(Serialize, JsonSchema)]
pub struct TwoFactorEnrolment {
    /// URL for an authenticator app on the same device.
    otpauth_url: String,
    /// The same URL as a QR code in SVG.
    qr_svg: String,
    /// The secret in base32, for typing.
    secret: String,
}

/// Stores a new secret, sealed, until a first code confirms it. A second start replaces it.
pub async fn handle(
    store: &Store,
    call: Call<NoInput, OwnLogin>,
) -> Result<Outcome<Created<TwoFactorEnrolment>>, Error> {
    let user = call.principal.user();
    if user.two_factor {
        return Err(Error::conflict(
            Code::TwoFactorEnrolled,
            "two-factor is already enrolled; another moderator can reset it with POST \
             /v1/users/{id}/two-factor/reset",
        ));
    }
    let secret = new_secret(&call.moment);
    let context = totp_context(user.id);
    let mut login = call.target.0.clone();
    login.pending_secret = Some(call.peppers.seal(&context, &secret, &call.moment));
    let name = user.email.as_deref().unwrap_or(&user.name);
    let otpauth_url = enrolment_url(&secret, name)
        .ok_or_else(|| Error::internal("the secret cannot be written as an otpauth URL"))?;
    let code = QrCode::new(&otpauth_url).map_err(Error::internal)?;
    let qr_svg = code.render::<svg::Color<'_>>().min_dimensions(240, 240).build();
    let reply = TwoFactorEnrolment { otpauth_url, qr_svg, secret: secret_base32(&secret) };
    call.commit(store, Writes::default().replace(&login), Created(reply)).await
}
