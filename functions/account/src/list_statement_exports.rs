//! `GET /v1/statement-exports`: list statement exports, newest first.

use domain::kernel::Error;
use domain::statement::{ExportView, StatementExport};
use edge::{Call, ListPage, PageInput};
use store::{Listing, Span, Store};

/// Lists a page. Only the answer for one export has a link to its file.
pub async fn handle(store: &Store, call: Call<PageInput>) -> Result<ListPage<ExportView>, Error> {
    let listing = Listing::Exports(call.account_id(), Span::default());
    let (limit, cursor) = (call.input.limit, call.input.cursor.as_deref());
    call.list(store, &listing, limit, cursor, |export: StatementExport| ExportView::from(&export))
        .await
}
