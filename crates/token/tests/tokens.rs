//! Tokens against another implementation of PASETO in both directions, and against forgers.

#![expect(clippy::unwrap_used, reason = "the tokens are made here, so what is unwrapped is there")]

use oolong_token::{
    Claims, ClaimsError, KeyError, LEEWAY, SigningKey, TokenError, VerifyingKey, VoucherClaims, verify_any,
};
use pasetors::{
    Public,
    keys::{AsymmetricPublicKey, AsymmetricSecretKey},
    paserk::FormatAsPaserk,
    token::UntrustedToken,
    version4::{PublicToken, V4},
};
use proptest::prelude::*;
use rand::{Rng, SeedableRng, rngs::SmallRng};

const NOW: i64 = 1_790_000_000;

fn claims() -> Claims {
    Claims {
        campaign: "spring".to_owned(),
        grant: "grant-1".to_owned(),
        shopper: "9f86d081884c7d659a2feaa0c55ad015".to_owned(),
        voucher: "免单奶茶".to_owned(),
        issued_at: NOW - 1000,
        expires_at: NOW + 1000,
    }
}

fn sound(claims: Claims) -> VoucherClaims {
    claims.try_into().unwrap()
}

fn key() -> SigningKey {
    SigningKey::from_seed(&[7; 32])
}

#[test]
fn a_token_says_what_was_signed() {
    let (key, claims) = (key(), sound(claims()));
    let token = key.sign(&claims);
    assert_eq!(token, key.sign(&claims), "signing is deterministic");
    assert_eq!(key.verifying_key().verify(&token, "spring", NOW), Ok(claims.clone()));
    assert_eq!(key.verifying_key().verify(&token, "autumn", NOW), Err(TokenError::Signature));
    let other = SigningKey::from_seed(&[8; 32]);
    assert_eq!(other.verifying_key().verify(&token, "spring", NOW), Err(TokenError::UnknownKey));
    let both = [other.verifying_key().clone(), key.verifying_key().clone()];
    assert_eq!(verify_any(&both, &token, "spring", NOW), Ok(claims));
    assert_eq!(verify_any(&[], &token, "spring", NOW), Err(TokenError::UnknownKey));
}

#[test]
fn time_is_read_with_leeway() {
    let key = key();
    let token = key.sign(&sound(claims()));
    let at = |now: i64| key.verifying_key().verify(&token, "spring", now).map(drop);
    assert_eq!(at(NOW - 1000 - LEEWAY), Ok(()));
    assert_eq!(at(NOW - 1001 - LEEWAY), Err(TokenError::NotYetValid(NOW - 1000)));
    assert_eq!(at(NOW + 1000 + LEEWAY), Ok(()));
    assert_eq!(at(NOW + 1001 + LEEWAY), Err(TokenError::Expired(NOW + 1000)));
    assert_eq!(at(i64::MAX), Err(TokenError::Expired(NOW + 1000)));
    assert_eq!(at(i64::MIN), Err(TokenError::NotYetValid(NOW - 1000)));
}

#[test]
fn claims_are_checked_before_they_are_signed() {
    let refused = |change: fn(&mut Claims)| {
        let mut claims = claims();
        change(&mut claims);
        VoucherClaims::try_from(claims).unwrap_err()
    };
    assert_eq!(refused(|claims| claims.grant = String::new()), ClaimsError::Id("jti"));
    assert_eq!(refused(|claims| claims.campaign = "x".repeat(193)), ClaimsError::Id("iss"));
    assert_eq!(refused(|claims| claims.voucher = "a\nb".to_owned()), ClaimsError::Id("voucher"));
    assert_eq!(refused(|claims| claims.issued_at = -1), ClaimsError::Time("iat"));
    assert_eq!(refused(|claims| claims.expires_at = claims.issued_at - 1), ClaimsError::Time("exp"));
    assert_eq!(refused(|claims| claims.expires_at = i64::MAX), ClaimsError::Time("exp"));
    let long = || "x".repeat(192);
    let longest = Claims { campaign: long(), grant: long(), shopper: long(), voucher: long(), ..claims() };
    let token = key().sign(&sound(longest.clone()));
    assert!(key().verifying_key().verify(&token, &longest.campaign, NOW).is_ok(), "all that can be signed is read");
}

#[test]
fn keys_are_written_and_read_as_paserk() {
    let key = key();
    let (secret, public) = (key.to_paserk(), key.verifying_key().to_paserk());
    assert_eq!(secret.parse::<SigningKey>().unwrap().verifying_key(), key.verifying_key());
    assert_eq!(public.parse::<VerifyingKey>().unwrap(), *key.verifying_key());
    assert!(!format!("{key:?}").contains(&secret[10..20]));
    let theirs = AsymmetricSecretKey::<V4>::try_from(secret.as_str()).unwrap();
    let mut text = String::new();
    theirs.fmt(&mut text).unwrap();
    assert_eq!(text, secret);
    assert!(AsymmetricPublicKey::<V4>::try_from(public.as_str()).is_ok());
    // The specification's own vector.
    let zeros = SigningKey::from_seed(&[0; 32]);
    assert_eq!(
        zeros.to_paserk(),
        "k4.secret.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA7aie8zrakLWKjqNAqbw1zZTIVdx3iQ6Y6wEihi1naKQ"
    );
    let kind = |text: &str| text.parse::<VerifyingKey>().unwrap_err();
    assert_eq!(kind(&secret), KeyError::Kind { expected: "k4.public." });
    assert_eq!(kind(&public.replace("k4", "k3")), KeyError::Kind { expected: "k4.public." });
    for wrong in
        [format!("{public}A"), format!("{public}="), public[..public.len() - 1].to_owned(), format!("{public}.x")]
    {
        assert!(matches!(kind(&wrong), KeyError::Encoding { .. }), "{wrong}");
    }
    assert_eq!(kind("k4.public.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"), KeyError::Bytes, "a weak point");
    let halves = secret.replace(&secret[60..70], "AAAAAAAAAA");
    assert_eq!(halves.parse::<SigningKey>().unwrap_err(), KeyError::Bytes);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn another_implementation_agrees_in_both_directions(
        seed: [u8; 32],
        ids in proptest::array::uniform4("[^\\p{Cc}\"\\\\]{1,40}"),
        issued_at in 0..200_000_000_000_i64,
        span in 0..50_000_000_000_i64,
    ) {
        let key = SigningKey::from_seed(&seed);
        let [campaign, grant, shopper, voucher] = ids;
        let claims = sound(Claims { campaign, grant, shopper, voucher, issued_at, expires_at: issued_at + span });
        let token = key.sign(&claims);
        let secret = AsymmetricSecretKey::<V4>::try_from(key.to_paserk().as_str()).unwrap();
        let public = AsymmetricPublicKey::<V4>::try_from(key.verifying_key().to_paserk().as_str()).unwrap();
        let implicit = Some(claims.campaign.as_bytes());

        let untrusted = UntrustedToken::<Public, V4>::try_from(&token).unwrap();
        let trusted = PublicToken::verify(&public, &untrusted, None, implicit).unwrap();
        let payload: serde_json::Value = serde_json::from_str(trusted.payload()).unwrap();
        prop_assert_eq!(payload["jti"].as_str(), Some(claims.grant.as_str()));
        prop_assert!(PublicToken::verify(&public, &untrusted, None, Some(b"\0other")).is_err());

        let footer = trusted.footer();
        let theirs = PublicToken::sign(&secret, trusted.payload().as_bytes(), Some(footer), implicit).unwrap();
        prop_assert_eq!(&theirs, &token);
        prop_assert_eq!(key.verifying_key().verify(&theirs, &claims.campaign, issued_at), Ok(claims));
    }
}

/// 10,000 as built for tests, 100,000 with `OOLONG_LONG=1`.
#[test]
fn no_forgery_is_believed() {
    let key = key();
    let public = key.verifying_key();
    let other = SigningKey::from_seed(&[9; 32]);
    let mut rng = SmallRng::seed_from_u64(4);
    let many = if std::env::var_os("OOLONG_LONG").is_some() { 100_000 } else { 10_000 };
    let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut codes = std::collections::BTreeMap::<&str, usize>::new();
    let tokens: Vec<String> =
        (0..50).map(|grant| key.sign(&sound(Claims { grant: format!("grant-{grant}"), ..claims() }))).collect();
    for number in 0..many {
        let token = &tokens[number % tokens.len()];
        let (head, footer) = token.rsplit_once('.').unwrap();
        let at = rng.random_range(0..token.len());
        let forged = match rng.random_range(0..14) {
            0 => token[..at].to_owned(),
            // Another character at any place.
            1..=4 => {
                let new = loop {
                    let new = alphabet[rng.random_range(0..64)];
                    if new != token.as_bytes()[at] {
                        break new;
                    }
                };
                format!("{}{}{}", &token[..at], char::from(new), &token[at + 1..])
            }
            5 => key.sign(&sound(Claims { expires_at: NOW - 61 - rng.random_range(0..900), ..claims() })),
            6 => key.sign(&sound(Claims { issued_at: NOW + 61 + rng.random_range(0..900), ..claims() })),
            7 => other.sign(&sound(claims())),
            // Another key's signature under the right key's name.
            8 => format!("{}.{footer}", other.sign(&sound(claims())).rsplit_once('.').unwrap().0),
            9 => key.sign(&sound(Claims { campaign: "autumn".to_owned(), ..claims() })),
            10 => {
                let header = ["v3.public", "v2.public", "v4.local", "V4.public", "v4.publi"][number % 5];
                token.replacen("v4.public", header, 1)
            }
            11 => match number % 9 {
                8 => format!("{head}=.{footer}"),
                7 => head.to_owned(),
                extra => format!("{token}{}", ["=", ".", "A", ".e30", " ", "\n", "\0"][extra]),
            },
            // Extra characters inside.
            12 => format!("{}{}{}", &token[..at], ["A", "+", "/", "é", "."][number % 5], &token[at..]),
            _ => (0..rng.random_range(0..3000)).map(|_| char::from(rng.random_range(0..128_u8))).collect(),
        };
        match public.verify(&forged, "spring", NOW) {
            Ok(claims) => panic!("believed {claims:?} from {forged}"),
            Err(error) => *codes.entry(error.code()).or_default() += 1,
        }
    }
    // Every way to be refused was met, but the two that need the key itself.
    assert_eq!(
        codes.keys().copied().collect::<Vec<_>>(),
        [
            "token_expired",
            "token_key_unknown",
            "token_malformed",
            "token_not_yet_valid",
            "token_signature_invalid",
            "token_too_long",
            "token_version_unsupported",
        ]
    );
}

/// `cargo test --release -p oolong-token --test tokens -- --ignored --nocapture`
#[test]
#[ignore = "measures"]
#[expect(clippy::disallowed_methods, reason = "a native measurement")]
fn signing_and_checking_take() {
    let (key, claims) = (key(), sound(claims()));
    let token = key.sign(&claims);
    let start = std::time::Instant::now();
    for _ in 0..10_000 {
        std::hint::black_box(key.sign(std::hint::black_box(&claims)));
    }
    let signed = start.elapsed() / 10_000;
    let start = std::time::Instant::now();
    for _ in 0..10_000 {
        assert!(key.verifying_key().verify(std::hint::black_box(&token), "spring", NOW).is_ok());
    }
    println!("sign {signed:?}, check {:?}", start.elapsed() / 10_000);
}
