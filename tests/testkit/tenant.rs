//! The accounts of a world: people and programs.

use domain::access::{Permission, Role};
use domain::kernel::AccountId;
use local::seed::{self, Program};

use crate::{Human, World};

/// The address that the programs of tests call from.
const ADDRESS: &str = "203.0.113.7";

/// An account of the world: two moderators (logged in on demand) and a program.
#[derive(Clone)]
pub struct Tenant {
    /// The id of the account.
    pub account_id: AccountId,
    /// A moderator with two-factor.
    pub ana: Human,
    /// Another moderator with two-factor.
    pub bruno: Human,
    /// A program with `charges:write`, `refunds:write`, `disputes:write`, `payouts:write`,
    /// `payouts:approve`, `webhooks:write`, `pix_keys:read`, `statements:write` and `kyc:write`, called from 203.0.113.7.
    pub program: Program,
}

impl World {
    /// Opens an account with its people; `name` is the domain of their e-mail addresses.
    pub async fn tenant(&self, name: &str) -> Tenant {
        let account = seed::account(self.bundle.app(), name).await.expect("an account");
        let account_id = account.id;
        let ana =
            self.human(account_id, &format!("ana@{name}.example"), &[Role::Moderator], true).await;
        let bruno = self
            .human(account_id, &format!("bruno@{name}.example"), &[Role::Moderator], true)
            .await;
        let permissions = [
            Permission::ChargesWrite,
            Permission::PayoutsWrite,
            Permission::PayoutsApprove,
            Permission::BeneficiariesWrite,
            Permission::CollectionsWrite,
            Permission::RefundsWrite,
            Permission::DisputesWrite,
            Permission::WebhooksWrite,
            Permission::PixKeysRead,
            Permission::StatementsWrite,
            Permission::KycWrite,
        ];
        let program = self.program(account_id, &permissions, &[ADDRESS]).await;
        Tenant { account_id, ana, bruno, program }
    }

    /// Adds a person who has accepted the invitation.
    pub async fn human(
        &self,
        account_id: AccountId,
        email: &str,
        roles: &[Role],
        enrolled: bool,
    ) -> Human {
        let named = (email.split('@').next().unwrap_or(email), email);
        let added = seed::person(self.bundle.app(), account_id, named, roles, enrolled).await;
        let (user_id, person) = added.expect("a person");
        Human { user_id: user_id.to_string(), person, session: String::new() }
    }

    /// Adds a program with a key.
    pub async fn program(
        &self,
        account_id: AccountId,
        permissions: &[Permission],
        addresses: &[&str],
    ) -> Program {
        let app = self.bundle.app();
        seed::program(app, account_id, "program", permissions, addresses).await.expect("a program")
    }
}
