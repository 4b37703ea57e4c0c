{
  "targets": [
    {
      "target_name": "sslkit_bio",
      "sources": ["native/addon.cc", "native/byte-queue.cc", "native/memory-bio.cc", "native/memory-bio-method.cc"],
      "include_dirs": ["include"],
      "defines": ["NAPI_VERSION=9", "OPENSSL_API_COMPAT=30000", "OPENSSL_NO_DEPRECATED"],
      # Newer Node headers ask for a newer C++; the sources need this one, whatever Node builds them.
      "cflags_cc!": ["-std=gnu++17", "-std=gnu++20"],
      "cflags_cc": ["-std=c++17", "-fvisibility=hidden", "-Wall", "-Wextra"],
      "conditions": [
        # -z now: a symbol that Node lacks fails the load with an error that can be caught, not the first call.
        # -z nodelete: a BIO may outlive the worker that loaded the add-on, and calls its code when it is freed.
        ["OS=='linux'", {"ldflags": ["-Wl,-z,now", "-Wl,-z,relro", "-Wl,-z,nodelete"]}],
        ["OS=='mac'", {
          "xcode_settings": {
            "CLANG_CXX_LANGUAGE_STANDARD": "c++17",
            "GCC_SYMBOLS_PRIVATE_EXTERN": "YES",
            "GCC_ENABLE_CPP_EXCEPTIONS": "NO",
            "MACOSX_DEPLOYMENT_TARGET": "11.0",
            "OTHER_LDFLAGS": ["-Wl,-bind_at_load"]
          }
        }],
        ["OS=='win'", {
          "msvs_settings": {"VCCLCompilerTool": {"AdditionalOptions": ["/std:c++17"]}}
        }]
      ]
    }
  ]
}
