//! Data Collect: links by which beneficiaries enter their own Pix keys, and the pages of the links.

mod link;
mod pages;

pub mod cancel_collection;
pub mod create_collection;
pub mod create_collection_code;
pub mod find_collection;
pub mod list_collections;
pub mod open_collection_form;
pub mod show_collection_page;
pub mod submit_collection;

edge::operations! {
    /// Makes a Data Collect link, by which a beneficiary enters their own Pix key.
    create_collection: POST "/v1/collections" needs Holds(CollectionsWrite);
    /// Lists Data Collect links, newest first.
    list_collections: GET "/v1/collections" needs Holds(CollectionsRead);
    /// Shows a Data Collect link with the person that it asks.
    find_collection: GET "/v1/collections/{id}" needs Holds(CollectionsRead);
    /// Cancels a Data Collect link and erases its personal data.
    cancel_collection: POST "/v1/collections/{id}/cancel" needs Holds(CollectionsWrite);
    /// Shows a beneficiary who asks, for what, and what to do next.
    show_collection_page: GET "/collect/{token}" needs Public;
    /// Sends the beneficiary of a link a one-time code.
    create_collection_code: POST "/collect/{token}/code" needs Public, repeatable;
    /// Takes the one-time code and shows the form for the Pix key.
    open_collection_form: POST "/collect/{token}/form" needs Public, repeatable;
    /// Takes the Pix key of the beneficiary, which a worker checks afterwards.
    submit_collection: POST "/collect/{token}" needs Public, repeatable;
}
