//! `operator.change_merchant`: change the name of an account, or the recipient that payers see.

use domain::access::{AuditAction, name_flaw};
use domain::account::{Account, Merchant};
use domain::kernel::{AccountId, Error};
use runtime::App;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use store::Writes;

use crate::account::{MerchantInput, OperatorTrail, find_account};
use crate::{CommandFailure, Invocation};

/// The account and what changes of it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChangeMerchantInput {
    account_id: String,
    /// New name of the company; the name stays if absent.
    name: Option<String>,
    /// New recipient; the recipient stays if absent.
    merchant: Option<MerchantInput>,
}

/// The name and the recipient after the change.
#[derive(Serialize)]
pub struct ChangedMerchant {
    account_id: AccountId,
    name: String,
    merchant: Merchant,
}

/// Changes name and recipient. Charges that exist keep their QR code, with the recipient from before.
pub async fn handle(
    app: &App,
    invocation: Invocation<ChangeMerchantInput>,
) -> Result<ChangedMerchant, CommandFailure> {
    let Invocation { input, moment, request_id } = invocation;
    let merchant = input.merchant.map(Merchant::from);
    let mut flaws: Vec<_> = input.name.iter().filter_map(|name| name_flaw("name", name)).collect();
    flaws.extend(merchant.iter().flat_map(Merchant::flaws));
    if !flaws.is_empty() {
        return Err(Error::Invalid(flaws).into());
    }
    if input.name.is_none() && merchant.is_none() {
        let sentence = "the input: nothing would change; add name or merchant";
        return Err(CommandFailure::refused("invalid_request", sentence));
    }
    let mut account = find_account(app, &input.account_id).await?;
    let (account_id, before) = (account.id, shown(&account));
    if let Some(name) = input.name {
        account.name = name.trim().to_owned();
    }
    if let Some(merchant) = merchant {
        // Slips of open boletos show the CNPJ, so a command without one keeps it.
        let cnpj = account.merchant.cnpj.take();
        account.merchant = merchant.trimmed();
        account.merchant.cnpj = account.merchant.cnpj.take().or(cnpj);
    }
    let trail = OperatorTrail { account_id, request_id: &request_id, moment: &moment };
    let action = AuditAction::AccountMerchantChanged;
    let line = trail.line(action, account_id, before, shown(&account));
    app.store.commit(Writes::default().replace(&account).create(&line), &moment).await?;
    Ok(ChangedMerchant { account_id, name: account.name, merchant: account.merchant })
}

fn shown(account: &Account) -> Value {
    json!({ "name": account.name, "merchant": account.merchant })
}
