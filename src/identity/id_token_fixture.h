// Keys and tokens of a provider that is in no network: made once, their private keys thrown away. Issuer
// https://idp.example.com/a, subject user-1, for "other" and "app", from 1700000000 to 1700000600.
#pragma once

#include <string_view>

namespace basalt::identity {

// One RSA key, one of P-256, and one that signs nothing.
inline constexpr std::string_view kProviderJwks =
    "{\"keys\":[{\"kty\":\"RSA\",\"n\":\"33zctz5GplSLOcEt1uCjR4V6yYjITTjK5AVtSuCY7gKrULElAnRh-8ImYONnJRpw"
    "_Ks2-ASNtCyTRYnR8EKCv6qUdoW6hCgQq7GUYBwejfuGjgw4d0nuqVgJ-7Nsm2Ghp8U2RW_ULAZaLVcQKRaFxQXWGPRSmbpTtvtq"
    "mHfWX-D0LlCC31w9XeVSZoR8sIDJ8ZBU3a8q3X5Jtj8fuckKle9ExPQPPs1mfaZ9ecNQJ0OTS-AaLfKvODKeKaimJIqg34IJ1gD3"
    "XHyt0YblSkW7mFJZSFj4jjrW9M180f0mBogJnrzDlrmHSgLg4lXOOKVX9-Ft3THWqE2ffFe4mO8fJQ\",\"e\":\"AQAB\",\"ki"
    "d\":\"r1\",\"alg\":\"RS256\",\"use\":\"sig\"},{\"kty\":\"EC\",\"x\":\"XqFclvGXeRq2Sghb5mOSIuR-Lh1A2R"
    "k4iAwtd0lREro\",\"y\":\"RCvrVX8r2CMPSUQtTBix23iyjLGaboczvId-jOaB_J0\",\"crv\":\"P-256\",\"kid\":\"e1"
    "\",\"alg\":\"ES256\",\"use\":\"sig\"},{\"kty\":\"oct\",\"k\":\"AAAA\",\"kid\":\"o1\"}]}";
inline constexpr std::string_view kRsaToken =
    "eyJhbGciOiJSUzI1NiIsImtpZCI6InIxIiwidHlwIjoiSldUIn0.eyJpc3MiOiJodHRwczovL2lkcC5leGFtcGxlLmNvbS9hIiwi"
    "c3ViIjoidXNlci0xIiwiYXVkIjpbIm90aGVyIiwiYXBwIl0sImV4cCI6MTcwMDAwMDYwMCwiaWF0IjoxNzAwMDAwMDAwLCJhbXIi"
    "OlsicHdkIiwib3RwIl19.f3KRwIxPG_sQ98t1QwND0KLGIZT2pFZVJKnDEf9FeH7MAK84BO17fTJ-X2AQXv7bONLacwzkDtnXpD3"
    "e0XXSZxW2U-Ix10f7gifkitTwDu2vJrlA3l19DlzK4gV1EYXTHKBgvIuTPVBgA3hVc9nz9nK2f5OM4oe6o4xEVHurAqTCqrWYh3Z"
    "Za0woVNOtU5nHu8d3D7dc5leLo_4AUId73KWxZn0gdMfa8h7RR_8y7A2gcy_y3CWJIr0Qe49WfNnDjje5McyZS9UOrtmKTRgnJ06"
    "mIdSgTELAupAz0boNQ8BKMJADVJLB76YR0O4pgTulLkbLuHvZmRYWjJemmAQVbg";
inline constexpr std::string_view kEcdsaToken =
    "eyJhbGciOiJFUzI1NiIsImtpZCI6ImUxIn0.eyJpc3MiOiJodHRwczovL2lkcC5leGFtcGxlLmNvbS9hIiwic3ViIjoidXNlci0x"
    "IiwiYXVkIjpbIm90aGVyIiwiYXBwIl0sImV4cCI6MTcwMDAwMDYwMCwiaWF0IjoxNzAwMDAwMDAwLCJhbXIiOlsicHdkIiwib3Rw"
    "Il19.A3B-f5idj8J0rB8Gm9mjnSWmpU-Oj0fbVBRllsZGnFZ8c1_eR3IQyiwL9H7kYBDcZN-fgfL8bZH0p7u84uUykg";
inline constexpr std::string_view kTokenOfAnotherParty =
    "eyJhbGciOiJFUzI1NiIsImtpZCI6ImUxIn0.eyJpc3MiOiJodHRwczovL2lkcC5leGFtcGxlLmNvbS9hIiwic3ViIjoidXNlci0x"
    "IiwiYXVkIjpbIm90aGVyIiwiYXBwIl0sImV4cCI6MTcwMDAwMDYwMCwiaWF0IjoxNzAwMDAwMDAwLCJhbXIiOlsicHdkIiwib3Rw"
    "Il0sImF6cCI6ImVsc2V3aGVyZSJ9.HUTYpc_cYmKWJuTv0nfKTMBQig6TC1rDu8Yjcwu3lbCdK57ZeGvPZpl6jKuF7PpJaYTQC1f"
    "0chPTNkVieYXwtw";
inline constexpr std::string_view kTokenOfNobody =
    "eyJhbGciOiJFUzI1NiIsImtpZCI6ImUxIn0.eyJpc3MiOiJodHRwczovL2lkcC5leGFtcGxlLmNvbS9hIiwiYXVkIjpbIm90aGVy"
    "IiwiYXBwIl0sImV4cCI6MTcwMDAwMDYwMCwiaWF0IjoxNzAwMDAwMDAwLCJhbXIiOlsicHdkIiwib3RwIl19.suO2V9zbLQe-rS7"
    "J_SyXeyRlYlkE6oDtVjWbezYR0TlHOPUvnmZK8xdqGqwXrEf-0eAGXXUfflAdctBKb6tbTQ";
inline constexpr std::string_view kTokenOfTomorrow =
    "eyJhbGciOiJFUzI1NiIsImtpZCI6ImUxIn0.eyJpc3MiOiJodHRwczovL2lkcC5leGFtcGxlLmNvbS9hIiwic3ViIjoidXNlci0x"
    "IiwiYXVkIjpbIm90aGVyIiwiYXBwIl0sImV4cCI6MTcwMDAwOTAwMCwiaWF0IjoxNzAwMDAwMDAwLCJhbXIiOlsicHdkIiwib3Rw"
    "Il0sIm5iZiI6MTcwMDAwMTAwMH0.5sBW0m2_2JZVxSgOt9wwsqOq8_zCiPcfPcHwr6uvXqnG8C3fXm9Vc3Io1qKLMgLZoR-N4FZQ"
    "XNbxNF4F7CCisw";
inline constexpr std::string_view kTokenOfAnotherIssuer =
    "eyJhbGciOiJFUzI1NiIsImtpZCI6ImUxIn0.eyJpc3MiOiJodHRwczovL2ZvcmVpZ24uZXhhbXBsZS5jb20iLCJzdWIiOiJ1c2Vy"
    "LTEiLCJhdWQiOlsib3RoZXIiLCJhcHAiXSwiZXhwIjoxNzAwMDAwNjAwLCJpYXQiOjE3MDAwMDAwMDAsImFtciI6WyJwd2QiLCJv"
    "dHAiXX0.dQ8jn1KxLuFSCQYL3zFhWCCVfA5aCqJtJCRWSJjCMRBHlQZ_kDxEvaTBQAM-jPFM3OqbvrA5AqDW5tEk__3d2w";
inline constexpr std::string_view kTokenForOthers =
    "eyJhbGciOiJFUzI1NiIsImtpZCI6ImUxIn0.eyJpc3MiOiJodHRwczovL2lkcC5leGFtcGxlLmNvbS9hIiwic3ViIjoidXNlci0x"
    "IiwiYXVkIjoib3RoZXIiLCJleHAiOjE3MDAwMDA2MDAsImlhdCI6MTcwMDAwMDAwMCwiYW1yIjpbInB3ZCIsIm90cCJdfQ.pe0FX"
    "BSpYkbLOf5xzh9GFlU79bRG6BKLRH01W8ws3CKQRhQocUiflh5Epb2Vd3sGkXCLu3_K5SbthZCg1BbRuw";
inline constexpr std::string_view kTokenOfAnotherAlgorithm =
    "eyJhbGciOiJSUzI1NiIsImtpZCI6ImUxIn0.eyJpc3MiOiJodHRwczovL2lkcC5leGFtcGxlLmNvbS9hIiwic3ViIjoidXNlci0x"
    "IiwiYXVkIjpbIm90aGVyIiwiYXBwIl0sImV4cCI6MTcwMDAwMDYwMCwiaWF0IjoxNzAwMDAwMDAwLCJhbXIiOlsicHdkIiwib3Rw"
    "Il19.D0SjldNkpCy-mf_xe5UODa3BFkp-boO2Qij4-i0ENSv9rtvIR7RRC6J5AoVn_EQC5CGaUo7xvRoieCxhUZP87A";
inline constexpr std::string_view kUnsignedToken =
    "eyJhbGciOiJub25lIn0.eyJpc3MiOiJodHRwczovL2lkcC5leGFtcGxlLmNvbS9hIiwic3ViIjoidXNlci0xIiwiYXVkIjpbIm90"
    "aGVyIiwiYXBwIl0sImV4cCI6MTcwMDAwMDYwMCwiaWF0IjoxNzAwMDAwMDAwLCJhbXIiOlsicHdkIiwib3RwIl19.";

}  // namespace basalt::identity
