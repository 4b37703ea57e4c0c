{
  # Windows has no descriptors of this kind: connections there go over streams, and this add-on is empty.
  "targets": [
    {
      "target_name": "sslkit_socket",
      "defines": ["NAPI_VERSION=9"],
      # Newer Node headers ask for a newer C++; the sources need this one, whatever Node builds them.
      "cflags_cc!": ["-std=gnu++17", "-std=gnu++20"],
      "cflags_cc": ["-std=c++17", "-fvisibility=hidden", "-Wall", "-Wextra"],
      "conditions": [
        ["OS=='win'", {"type": "none"}, {
          "sources": [
            "native/addon.cc", "native/descriptor.cc", "native/environment.cc", "native/opening.cc",
            "native/socket-address.cc", "native/system-calls.cc"
          ]
        }],
        # -z nodelete: libuv may hold a callback of this add-on while the worker that loaded it ends.
        ["OS=='linux'", {"ldflags": ["-Wl,-z,now", "-Wl,-z,relro", "-Wl,-z,nodelete"]}],
        ["OS=='mac'", {
          "xcode_settings": {
            "CLANG_CXX_LANGUAGE_STANDARD": "c++17",
            "GCC_SYMBOLS_PRIVATE_EXTERN": "YES",
            "GCC_ENABLE_CPP_EXCEPTIONS": "NO",
            "MACOSX_DEPLOYMENT_TARGET": "11.0",
            "OTHER_LDFLAGS": ["-Wl,-bind_at_load"]
          }
        }]
      ]
    }
  ]
}
