//! The commands of the operator and of compliance in the local bundle.

use command::{Command, CommandFailure, perform};
use serde_json::Value;

use crate::Bundle;
use crate::roles::acting;

impl Bundle {
    /// Runs a command, as `aws lambda invoke` does.
    ///
    /// # Panics
    /// If there is no such command.
    pub async fn operate(&self, name: &str, input: Value) -> Result<Value, CommandFailure> {
        let command = find(name).expect("a command of the operator");
        let request_id = format!("operator-{name}");
        acting(command.name, perform(self.app(), command, input, request_id)).await
    }

    /// Returns true if there is a command of this name.
    pub fn has_command(&self, name: &str) -> bool {
        find(name).is_some()
    }
}

fn find(name: &str) -> Option<&'static Command> {
    let mut commands = catalogue::COMMAND_TABLES.iter().flat_map(|(_, table)| *table);
    commands.find(|command| command.name == name)
}
