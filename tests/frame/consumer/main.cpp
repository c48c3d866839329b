#include <quarry/quarry.hpp>

#include <cstdio>

int main() { std::printf("Quarry %s\n", QUARRY_VERSION); }
