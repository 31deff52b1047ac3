//! `POST /v1/me/two-factor`: start the enrolment of an authenticator app.

use domain::account::Account;
use domain::kernel::{Code, Error};
use edge::{Call, Created, Outcome, OwnLogin, OwnStepUpThrottle};
use gate::{enrolment_url, new_secret, secret_base32, totp_context};
use qrcode::QrCode;
use qrcode::render::svg;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use store::{Store, Writes};

use crate::attempt::{self, GivenPassword};

/// The start of an enrolment.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TwoFactorStart {
    /// Password of the caller's log-in.
    password: String,
}

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

/// Stores a new secret, sealed, until a first code confirms it. A second start replaces it. The
/// password is asked for again, because a stolen session must not gain the right to write.
pub async fn handle(
    store: &Store,
    call: Call<TwoFactorStart, (OwnLogin, OwnStepUpThrottle, Account)>,
) -> Result<Outcome<Created<TwoFactorEnrolment>>, Error> {
    let user = call.principal.user();
    if user.two_factor {
        return Err(Error::conflict(
            Code::TwoFactorEnrolled,
            "two-factor is already enrolled; another moderator can reset it with POST \
             /v1/users/{id}/two-factor/reset",
        ));
    }
    let (OwnLogin(login), throttle, account) = &call.target;
    let given = GivenPassword { field: "password", password: &call.input.password };
    let throttle = attempt::check_password(store, &call, login, throttle, &given).await?;
    let secret = new_secret(&call.moment);
    let context = totp_context(user.id);
    let mut login = login.clone();
    login.pending_secret = Some(call.peppers.seal(&context, &secret, &call.moment));
    // An e-mail can have an authenticator entry for each of several accounts.
    let label = format!("{} ({})", user.email.as_deref().unwrap_or(&user.name), account.name);
    let otpauth_url = enrolment_url(&secret, &label)
        .ok_or_else(|| Error::internal("the secret cannot be written as an otpauth URL"))?;
    let code = QrCode::new(&otpauth_url).map_err(Error::internal)?;
    let qr_svg = code.render::<svg::Color<'_>>().min_dimensions(240, 240).build();
    let reply = TwoFactorEnrolment { otpauth_url, qr_svg, secret: secret_base32(&secret) };
    let writes = Writes::default().replace(&login).clear_failures(&throttle);
    call.commit(store, writes, Created(reply)).await
}
