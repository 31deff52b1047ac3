//! What the page of a link shows at each step.

use serde_json::json;
use tests::{link_path, new_collection};

use super::tenant_link::TenantLink;

#[tokio::test]
async fn before_the_code_the_page_names_the_company_and_nothing_of_the_beneficiary() {
    let link = TenantLink::new().await;
    let page = link.world.get(&link.path).send().await;
    for part in ["Reembolso da viagem", "R$\u{a0}250,00", "Aviso de privacidade", "2026-11-30"] {
        assert!(page.text().contains(part), "{part}: {}", page.text());
    }
    for personal in ["Maria", "529", "982", "correio", "98765", "supplier-7"] {
        assert!(!page.text().contains(personal), "{personal}: {}", page.text());
    }
    let code = link.world.collection_code(&link.path).await;
    let page = link.world.get(&link.path).send().await;
    assert!(page.text().contains(&code) && !page.text().contains("Maria"));
    let form = link.world.enter_code(&link.path, &code).await;
    assert_eq!(form.status, 200);
    assert!(form.text().contains("Maria Silva") && form.text().contains("***.982.247-**"));
    for personal in ["52998224725", "correio", "98765"] {
        assert!(!form.text().contains(personal), "{personal}: {}", form.text());
    }
}

#[tokio::test]
async fn the_page_has_no_script_and_no_cache_keeps_it() {
    let link = TenantLink::new().await;
    let proof_page = {
        let code = link.world.collection_code(&link.path).await;
        link.world.enter_code(&link.path, &code).await
    };
    for page in [link.world.get(&link.path).send().await, proof_page] {
        let policy = page.header("content-security-policy").expect("a policy");
        assert!(policy.contains("form-action 'self'") && policy.contains("default-src 'none'"));
        assert!(policy.contains("frame-ancestors 'none'"));
        assert_eq!(page.header("cache-control"), Some("no-store"));
        assert_eq!(page.header("x-robots-tag"), Some("noindex, nofollow, noarchive"));
        assert_eq!(page.header("referrer-policy"), Some("same-origin"));
        assert!(
            !page.text().contains("<script") && !page.text().contains("http"),
            "{}",
            page.text()
        );
    }
}

#[tokio::test]
async fn the_page_speaks_the_language_of_the_link_or_of_the_query() {
    let link = TenantLink::new().await;
    let mut english = new_collection();
    english["locale"] = json!("en");
    let english = link_path(&link.world.collect(link.key(), &english).await.created());
    for (path, text) in [
        (link.path.clone(), "Enviar o código"),
        (format!("{}?lang=en", link.path), "Send the code"),
        (english.clone(), "Send the code"),
        (format!("{english}?lang=pt&utm_source=mail"), "Enviar o código"),
    ] {
        let page = link.world.get(&path).send().await;
        assert!(page.text().contains(text), "{path}: {}", page.text());
    }
    let code = link.world.collection_code(&link.path).await;
    let form = json!({ "code": code, "lang": "en" });
    let page = link.world.post(&format!("{}/form", link.path)).form(&form).send().await;
    assert_eq!(page.header("content-language"), Some("en"));
    // A link to the other language leads to a page that a GET finds.
    assert!(page.text().contains(&format!("href=\"{}?lang=pt\"", link.path)), "{}", page.text());
}

/// Fault row 171 for Data Collect: a scanner of mails opens the address.
#[tokio::test]
async fn reading_changes_nothing() {
    let link = TenantLink::new().await;
    link.world.collection_code(&link.path).await;
    let before = link.stored().await;
    for method in ["GET", "HEAD"] {
        for path in ["", "?lang=en", "?code=000000", "?pix_key=maria@example.com&consent=yes"] {
            let answer = link.world.request(method, &format!("{}{path}", link.path)).send().await;
            assert_eq!(answer.status, 200);
        }
        for path in ["/code", "/form"] {
            let answer = link.world.request(method, &format!("{}{path}", link.path)).send().await;
            assert!(matches!(answer.status, 404 | 405), "{}", answer.status);
        }
    }
    assert_eq!(link.stored().await, before);
}

#[tokio::test]
async fn what_is_wrong_stands_beside_the_field_and_nothing_is_lost() {
    let link = TenantLink::new().await;
    let proof = link.world.collection_proof(&link.path).await;
    let before = link.stored().await;
    let huge = "9".repeat(5_000);
    for (kind, key, text) in [
        ("", "maria", "Isto não é uma chave Pix"),
        ("cpf", "529.982.247-26", "dígitos verificadores"),
        ("cpf", "529", "número errado de caracteres"),
        ("phone", "(11) 2345-6789", "Isto não é uma chave Pix"),
        ("email", "ma\u{200b}ria@example.com", "Isto não é uma chave Pix"),
        ("email", "<script>alert(1)</script>", "Isto não é uma chave Pix"),
        ("", &huge, "Isto não é uma chave Pix"),
        ("", "", "Isto não é uma chave Pix"),
    ] {
        let mut form = tests::submission(&proof, key);
        form["pix_key_type"] = json!(kind);
        let page = link.world.post(&link.path).form(&form).send().await;
        assert_eq!(page.status, 200, "{key}");
        assert!(page.text().contains(text), "{key}: {}", page.text());
        assert!(page.text().contains(&proof) && !page.text().contains("<script"), "{key}");
    }
    for (field, value) in [("consent", json!("no")), ("notice_version", json!("2020-01-01"))] {
        let mut form = tests::submission(&proof, "maria@example.com");
        form[field] = value;
        let page = link.world.post(&link.path).form(&form).send().await;
        assert!(page.text().contains("Marque que leu"), "{field}: {}", page.text());
        assert!(page.text().contains("value=\"maria@example.com\""), "{}", page.text());
    }
    assert_eq!(link.stored().await, before, "a mistake changes nothing");
    let good = link.world.send_key(&link.path, &proof, "maria@example.com").await;
    assert_eq!((good.status, &*link.status().await), (303, "submitted"));
}
