{
  "targets": [
    {
      "target_name": "sslkit_context",
      "sources": [
        "native/addon.cc",
        "native/environment.cc",
        "native/constants.cc",
        "native/error-queue.cc",
        "native/late-bound.cc",
        "native/random.cc",
        "native/windows-store.cc",
        "native/ssl-context/ssl-context.cc",
        "native/ssl-context/certificates.cc",
        "native/ssl-context/verify-locations.cc",
        "native/ssl-context/verification.cc",
        "native/ssl-context/protocol-versions.cc",
        "native/ssl-context/options.cc",
        "native/ssl-context/ciphers.cc",
        "native/ssl-context/alpn.cc",
        "native/ssl-context/groups.cc",
        "native/ssl-context/sessions.cc",
        "native/ssl-context/tracing.cc",
        "native/ssl-object/ssl-object.cc",
        "native/ssl-object/buffer-bio.cc",
        "native/ssl-object/buffer-keepers.cc",
        "native/ssl-object/calls.cc",
        "native/ssl-object/handshake.cc",
        "native/ssl-object/reading.cc",
        "native/ssl-object/writing.cc",
        "native/ssl-object/closing.cc",
        "native/ssl-object/peer-certificate.cc",
        "native/ssl-object/negotiated.cc",
        "native/ssl-object/channel-binding.cc",
        "native/ssl-object/decisions.cc",
        "native/ssl-object/pre-shared-key.cc",
        "native/ssl-object/tracing.cc",
        "native/ssl-session/ssl-session.cc"
      ],
      "include_dirs": [
        "<!(node -p \"require('node-addon-api').include_dir\")",
        "<!(node -p \"require('path').relative('.', require('path').dirname(require.resolve('@sslkit/bio/package.json')) + '/include').split(require('path').sep).join('/')\")"
      ],
      "defines": [
        "NAPI_VERSION=9",
        "NODE_ADDON_API_DISABLE_CPP_EXCEPTIONS",
        "NODE_ADDON_API_DISABLE_DEPRECATED",
        # A worker that is terminated amid a call can make no JavaScript value any more: what then fails is no reason to
        # end the process.
        "NODE_API_SWALLOW_UNTHROWABLE_EXCEPTIONS",
        "OPENSSL_API_COMPAT=30000",
        "OPENSSL_NO_DEPRECATED"
      ],
      "cflags_cc": ["-std=c++17", "-fvisibility=hidden", "-fno-exceptions", "-Wall", "-Wextra", "-Wno-unused-parameter", "-Wno-missing-field-initializers", "-Wno-cast-function-type"],
      "cflags_cc!": ["-fexceptions", "-std=gnu++17", "-std=gnu++20"],
      "conditions": [
        ["OS=='linux'", { "ldflags": ["-Wl,-z,now", "-Wl,-z,relro", "-Wl,-z,nodelete"], "libraries": ["-ldl"] }],
        ["OS=='mac'", {
          "xcode_settings": {
            "CLANG_CXX_LANGUAGE_STANDARD": "c++17",
            "GCC_ENABLE_CPP_EXCEPTIONS": "NO",
            "GCC_SYMBOLS_PRIVATE_EXTERN": "YES",
            "MACOSX_DEPLOYMENT_TARGET": "11.0"
          }
        }],
        ["OS=='win'", { "msvs_settings": { "VCCLCompilerTool": { "AdditionalOptions": ["/std:c++17"] } }, "libraries": ["crypt32.lib"] }]
      ]
    }
  ]
}
