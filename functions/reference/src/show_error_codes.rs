//! `GET /docs/errors`: explain what each error code means and what to do.

use domain::kernel::Error;
use edge::{HtmlFile, NoInput, PublicRequest};
use store::Store;

/// docs/errors.md as a web page. Each code is an anchor, to which `type` of a problem leads.
const PAGE: &str = include_str!(concat!(env!("OUT_DIR"), "/errors.html"));

/// Returns the file.
pub async fn handle(_: &Store, _: PublicRequest<NoInput>) -> Result<HtmlFile, Error> {
    Ok(HtmlFile(PAGE))
}

#[cfg(test)]
mod tests {
    use domain::kernel::{Code, Flaw};

    use super::*;

    #[test]
    fn the_page_has_an_anchor_for_each_code_and_for_each_of_its_links() {
        for code in Code::ALL {
            let heading = format!("<h2 id=\"{0}\">{0}</h2>", code.as_str());
            assert!(PAGE.contains(&heading), "{heading}");
        }
        for link in PAGE.split("href=\"#").skip(1).filter_map(|rest| rest.split('"').next()) {
            assert!(PAGE.contains(&format!("id=\"{link}\"")), "nothing has the anchor {link}");
        }
        for flaw in Flaw::ALL {
            assert!(PAGE.contains(&format!("<td><code>{}</code></td>", flaw.as_str())));
        }
    }
}
